import { Worker } from "node:worker_threads";
import { program } from "./program.mjs";

program(() => new Worker(new URL("./gr-worker.mjs", import.meta.url))).then(console.log);
