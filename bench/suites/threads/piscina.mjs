import { Piscina } from "piscina";
import { inBatches } from "./in-batches.mjs";

const filename = new URL("./workers/default-export.mjs", import.meta.url).href;
let pool;

export const programs = {
  "portable-await"(n, { batch, procs }) {
    pool ??= new Piscina({ filename, minThreads: procs, maxThreads: procs });
    return inBatches(n, batch, (x) => pool.run(x));
  },
};
