// The plain program: one thread, one file after the other.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileName } from "../../lib/data.mjs";
import { addOrders, countWords } from "./jobs.mjs";

const forEachFile =
  (job) =>
  async (n, { dir }) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += job(await readFile(join(dir, fileName(i)), "utf8"));
    return sum;
  };

export const programs = { indexing: forEachFile(countWords), "json-pool": forEachFile(addOrders) };
