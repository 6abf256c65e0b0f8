import { chan } from "@gr/chan";
import { go, run } from "@gr/core";
import { startThreads } from "@gr/threads";
import { addTo, doubles, fails, triple } from "./tasks.mjs";

/** Its results, as text. */
export async function program(worker) {
  const [numbers, doubled] = [chan(), chan(2)];
  const threads = await startThreads({ procs: 2, mainRuns: false, worker });
  let sum = 0;
  const ms = new Set();
  await run(function* () {
    for (const g of Array.from({ length: 100 }, (_, i) => go(triple, i))) {
      const [n, m] = yield* g;
      sum += n;
      ms.add(m);
    }
  });
  const words = new Int32Array(new SharedArrayBuffer(4));
  await run(function* () {
    for (const g of Array.from({ length: 10 }, () => go(addTo, words, 2))) yield* g;
  });
  let through = 0;
  await run(function* () {
    go(doubles, numbers, doubled);
    go(function* () {
      for (let i = 1; i <= 10; i++) yield* numbers.send(i);
      numbers.close();
    });
    for (let r = yield* doubled.recvOk(); r.ok; r = yield* doubled.recvOk()) through += r.value;
  });
  let error = "none";
  try {
    await go(fails);
  } catch (err) {
    error = `${err.constructor.name}: ${err.message}`;
  }
  await threads.close();
  return JSON.stringify({ sum, onMain: ms.has(0), shared: words[0], through, error });
}
