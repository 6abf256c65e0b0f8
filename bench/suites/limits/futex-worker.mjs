import { workerData } from "node:worker_threads";

const { words, n, from, to } = workerData;
for (let i = 1; i <= n; i++) {
  Atomics.wait(words, from, i - 1);
  Atomics.store(words, to, i);
  Atomics.notify(words, to, 1);
}
