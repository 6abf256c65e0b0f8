import { once } from "node:events";
import { Worker } from "node:worker_threads";

export const programs = {
  async "thread-bytes"(n, p) {
    const before = process.memoryUsage.rss();
    const workers = Array.from({ length: n }, () => new Worker("setInterval(() => {}, 1000)", { eval: true }));
    await Promise.all(workers.map((worker) => once(worker, "online")));
    p.bytes = process.memoryUsage.rss() - before;
    return n;
  },
};
