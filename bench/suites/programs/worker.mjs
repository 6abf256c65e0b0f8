// The tasks of piscina's workers.
import { readFile } from "node:fs/promises";
import { addOrders, countWords } from "./jobs.mjs";

export const words = async (file) => countWords(await readFile(file, "utf8"));
export const orders = async (file) => addOrders(await readFile(file, "utf8"));
