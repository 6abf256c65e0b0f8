// A MessagePort to a worker: integers one way, or each answered before the next.
import { once } from "node:events";
import { Worker } from "node:worker_threads";

let worker;
const start = () => {
  worker ??= new Worker(new URL("./workers/message-port.mjs", import.meta.url));
};

export const programs = {
  async "shared-chan"(n) {
    start();
    for (let i = 0; i < n; i++) worker.postMessage(1);
    worker.postMessage("sum");
    const [sum] = await once(worker, "message");
    return sum;
  },
  async "round-trip"(n) {
    start();
    let sum = 0;
    await new Promise((resolve) => {
      const next = (value) => {
        sum += value;
        if (sum === n) {
          worker.off("message", next);
          resolve();
        } else {
          worker.postMessage({ back: 1 });
        }
      };
      worker.on("message", next);
      worker.postMessage({ back: 1 });
    });
    return sum;
  },
};
