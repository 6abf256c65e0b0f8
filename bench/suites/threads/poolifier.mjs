import { fileURLToPath } from "node:url";
import { FixedThreadPool } from "poolifier";
import { inBatches } from "./in-batches.mjs";

const script = fileURLToPath(new URL("./workers/poolifier.mjs", import.meta.url));
let pool;

export const programs = {
  "portable-await"(n, { batch, procs }) {
    pool ??= new FixedThreadPool(procs, script);
    return inBatches(n, batch, (x) => pool.execute(x));
  },
};
