import { parentPort } from "node:worker_threads";

let sum = 0;
parentPort.on("message", (message) => {
  if (message === "sum") {
    parentPort.postMessage(sum);
    sum = 0;
  } else if (typeof message === "object") {
    parentPort.postMessage(message.back);
  } else {
    sum += message;
  }
});
