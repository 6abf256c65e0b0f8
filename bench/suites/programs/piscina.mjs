import { join } from "node:path";
import { Piscina } from "piscina";
import { fileName } from "../../lib/data.mjs";

const filename = new URL("./worker.mjs", import.meta.url).href;
let pool;

const inPool =
  (name) =>
  async (n, { dir, procs }) => {
    pool ??= new Piscina({ filename, minThreads: procs, maxThreads: procs });
    const tasks = Array.from({ length: n }, (_, i) => pool.run(join(dir, fileName(i)), { name }));
    let sum = 0;
    for (const result of await Promise.all(tasks)) sum += result;
    return sum;
  };

export const programs = { indexing: inPool("words"), "json-pool": inPool("orders") };
