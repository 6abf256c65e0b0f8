// What one writes without a library: two workers, messages by turns, a map of who waits for which answer.
import { Worker } from "node:worker_threads";
import { inBatches } from "./in-batches.mjs";

const waiting = new Map();
let workers;
let ids = 0;

function start(procs) {
  return Array.from({ length: procs }, () => {
    const worker = new Worker(new URL("./workers/post-message.mjs", import.meta.url));
    worker.on("message", ({ id, result }) => {
      waiting.get(id)(result);
      waiting.delete(id);
    });
    return worker;
  });
}

function post(x) {
  return new Promise((resolve) => {
    const id = ids++;
    waiting.set(id, resolve);
    workers[id % workers.length].postMessage({ id, x });
  });
}

export const programs = {
  "portable-await"(n, { batch, procs }) {
    workers ??= start(procs);
    return inBatches(n, batch, post);
  },
};
