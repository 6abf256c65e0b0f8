import { fileURLToPath } from "node:url";
import workerpool from "workerpool";
import { inBatches } from "./in-batches.mjs";

const script = fileURLToPath(new URL("./workers/workerpool.mjs", import.meta.url));
let pool;

export const programs = {
  "portable-await"(n, { batch, procs }) {
    pool ??= workerpool.pool(script, { minWorkers: procs, maxWorkers: procs, workerType: "thread" });
    return inBatches(n, batch, (x) => pool.exec("increment", [x]));
  },
};
