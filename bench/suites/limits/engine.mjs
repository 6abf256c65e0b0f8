import { Worker } from "node:worker_threads";
import { do_not_optimize, measure } from "mitata";

const micro = (make) => async (n, p) => {
  const { p50 } = await measure(make());
  p.ns = p50 * n;
  return n;
};

function* forever() {
  for (let i = 0; ; i++) yield i;
}
function* nested() {
  yield* forever();
}
function* short() {
  yield 1;
}

const once = () => {
  const f = new Function("x", "return x + 1");
  let x = 0;
  return () => {
    x = f(x);
    do_not_optimize(x);
  };
};
const resume = (body) => () => {
  const generator = body();
  return () => do_not_optimize(generator.next());
};
const makeGenerator = () => () => {
  const generator = short();
  do_not_optimize(generator.next());
  do_not_optimize(generator.next());
};
const awaitValue = () => async () => do_not_optimize(await 1);
const atomicAdd = () => {
  const words = new Int32Array(new SharedArrayBuffer(64));
  return () => do_not_optimize(Atomics.add(words, 0, 1));
};

const OURS = 0;
const THEIRS = 16;
async function futex(n) {
  const words = new Int32Array(new SharedArrayBuffer(256));
  const worker = new Worker(new URL("./futex-worker.mjs", import.meta.url), {
    workerData: { words, n, from: THEIRS, to: OURS },
  });
  await new Promise((resolve) => worker.once("online", resolve));
  for (let i = 1; i <= n; i++) {
    Atomics.store(words, THEIRS, i);
    Atomics.notify(words, THEIRS, 1);
    Atomics.wait(words, OURS, i - 1);
  }
  await worker.terminate();
  return Atomics.load(words, OURS);
}

export const programs = {
  "limit-call": micro(once),
  "limit-resume": micro(resume(forever)),
  "limit-resume-nested": micro(resume(nested)),
  "limit-generator": micro(makeGenerator),
  "limit-await": micro(awaitValue),
  "limit-atomic-add": micro(atomicAdd),
  "limit-futex": futex,
};
