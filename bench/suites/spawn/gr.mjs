import { chan } from "@gr/chan";
import { go, run } from "@gr/core";
import { median } from "../../lib/stats.mjs";

const spawnBurst = (n) =>
  run(function* () {
    let ran = 0;
    const end = chan();
    const task = function* () {
      if (++ran === n) yield* end.send(ran);
    };
    for (let i = 0; i < n; i++) go(task);
    return yield* end.recv();
  });

// The last of a batch tells, as a WaitGroup would.
function* batches(n, size) {
  const end = chan();
  let left = 0;
  const task = function* () {
    if (--left === 0) yield* end.send(size);
  };
  let ran = 0;
  while (ran < n) {
    left = size;
    for (let i = 0; i < size; i++) go(task);
    ran += yield* end.recv();
  }
  return ran;
}
const spawnBatches = (n, { batch }) => run(() => batches(n, Math.min(batch, n)));

// What a thousand cost when nothing came before: the median of many short programs.
const spawnThousands = async (n, p) => {
  const times = [];
  let ran = 0;
  while (ran < n) {
    ran += await run(function* () {
      const start = process.hrtime.bigint();
      const got = yield* batches(1000, 1000);
      times.push(Number(process.hrtime.bigint() - start));
      return got;
    });
  }
  p.ns = median(times) * times.length;
  return ran;
};

const spawnChain = (n) =>
  run(function* () {
    const end = chan();
    const link = function* (number) {
      if (number === n) yield* end.send(number);
      else go(link, number + 1);
    };
    go(link, 1);
    return yield* end.recv();
  });

function* leaf(parent, number, size) {
  if (size === 1) {
    yield* parent.send(number);
    return;
  }
  const children = chan();
  const part = size / 10;
  for (let i = 0; i < 10; i++) go(leaf, children, number + i * part, part);
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += yield* children.recv();
  yield* parent.send(sum);
}
const skynet = (n) =>
  run(function* () {
    const top = chan();
    go(leaf, top, 0, n);
    return yield* top.recv();
  });

function* generate(to) {
  for (let i = 2; ; i++) yield* to.send(i);
}
function* filter(from, to, prime) {
  for (;;) {
    const i = yield* from.recv();
    if (i % prime !== 0) yield* to.send(i);
  }
}
const sieve = (n) =>
  run(function* () {
    let from = chan();
    go(generate, from);
    for (let found = 1; ; found++) {
      const prime = yield* from.recv();
      if (found === n) return prime;
      const to = chan();
      go(filter, from, to, prime);
      from = to;
    }
  });

// `width` chains side by side.
const spawnChains = (n, { width }) =>
  run(function* () {
    const end = chan();
    const link = function* (number) {
      if (number === n / width) yield* end.send(number);
      else go(link, number + 1);
    };
    for (let i = 0; i < width; i++) go(link, 1);
    let ran = 0;
    for (let i = 0; i < width; i++) ran += yield* end.recv();
    return ran;
  });

export const programs = {
  "spawn-burst": spawnBurst,
  "spawn-batches": spawnBatches,
  "spawn-thousands": spawnThousands,
  "spawn-chain": spawnChain,
  "spawn-chains": spawnChains,
  skynet,
  sieve,
};
