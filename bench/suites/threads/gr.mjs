import { chan } from "@gr/chan";
import { go, portable, run, sleep } from "@gr/core";
import { WaitGroup } from "@gr/sync";
import { startThreads } from "@gr/threads";
import { Unavailable } from "../../lib/unavailable.mjs";
import { work } from "../../lib/work.mjs";

const here = import.meta.url;

const increment = portable(here, "bench:increment", (x) => x + 1);
const compute = portable(here, "bench:compute", (rounds) => work(rounds));
const sleepAndCompute = portable(here, "bench:sleep-and-compute", function* (turns, ms, rounds) {
  let sum = 0;
  for (let i = 0; i < turns; i++) {
    yield* sleep(ms);
    sum += work(rounds);
  }
  return sum;
});
const addUp = portable(here, "bench:add-up", function* (values, sums) {
  let sum = 0;
  for (;;) {
    const got = yield* values.recvOk();
    if (!got.ok) break;
    sum += got.value;
  }
  yield* sums.send(sum);
});
const echo = portable(here, "bench:echo", function* (there, back) {
  for (;;) {
    const got = yield* there.recvOk();
    if (!got.ok) return;
    yield* back.send(got.value);
  }
});
// Passes a number on, one less, until it is spent; tells `end` its own place then.
const node = portable(here, "bench:node", function* (place, from, to, end) {
  for (;;) {
    const got = yield* from.recvOk();
    if (!got.ok) return;
    if (got.value === 0) yield* end.send(place);
    else yield* to.send(got.value - 1);
  }
});
const multiply = portable(here, "bench:multiply", function* (m, i0, i1, j0, j1) {
  const rows = i1 - i0;
  const columns = j1 - j0;
  if (rows <= m.grain && columns <= m.grain) return multiplyBlock(m, i0, i1, j0, j1);
  const [mi, mj] = rows >= columns ? [i0 + (rows >> 1), j1] : [i1, j0 + (columns >> 1)];
  const half = mi < i1 ? go(multiply, m, mi, i1, j0, j1) : go(multiply, m, i0, i1, mj, j1);
  yield* multiply(m, i0, mi, j0, mj);
  yield* half;
});

function multiplyBlock({ n, buffer }, i0, i1, j0, j1) {
  const a = new Float64Array(buffer, 0, n * n);
  const b = new Float64Array(buffer, n * n * 8, n * n);
  const c = new Float64Array(buffer, n * n * 16, n * n);
  for (let i = i0; i < i1; i++) {
    for (let k = 0; k < n; k++) {
      const aik = a[i * n + k];
      for (let j = j0; j < j1; j++) c[i * n + j] += aik * b[k * n + j];
    }
  }
}

// Threads are started once, in the warm-up.
let starting;
const withThreads = (options, body) => async (n, p) => {
  starting ??= Promise.resolve(startThreads({ procs: p.procs, memoryBytes: p.memoryBytes, ...options }));
  await starting;
  return run(() => body(n, p));
};

function* portableAwait(n, { batch }) {
  let sum = 0;
  for (let next = 0; next < n; ) {
    const tasks = [];
    for (let i = 0; i < batch && next < n; i++) tasks.push(go(increment, next++));
    for (const task of tasks) sum += yield* task;
  }
  return sum;
}

function* portableJoined(n) {
  const wg = new WaitGroup();
  for (let i = 0; i < n; i++) wg.go(increment, 0);
  yield* wg.wait();
  return n - wg.count;
}

function* portableHandles(n) {
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(go(increment, 0));
  let sum = 0;
  for (const task of tasks) sum += yield* task;
  return sum;
}

function* sharedChan(n, { cap }) {
  const values = chan(cap);
  const sums = chan(1);
  go(addUp, values, sums);
  for (let i = 0; i < n; i++) yield* values.send(1);
  values.close();
  return yield* sums.recv();
}

function* threadsPing(n) {
  const there = chan();
  const back = chan();
  const other = go(echo, there, back);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    yield* there.send(1);
    sum += yield* back.recv();
  }
  there.close();
  yield* other;
  return sum;
}

function* threadsRing(n, { width }) {
  const links = Array.from({ length: width }, () => chan());
  const end = chan(1);
  const nodes = links.map((link, i) => go(node, i + 1, link, links[(i + 1) % width], end));
  yield* links[0].send(n);
  const place = yield* end.recv();
  for (const link of links) link.close();
  for (const each of nodes) yield* each;
  return place;
}

function* cpuBound(n, p) {
  return yield* total(Array.from({ length: n }, () => go(compute, p.work)));
}
function* sleepAndCpu(n, { batch, sleepMs, work: rounds }) {
  return yield* total(Array.from({ length: n }, () => go(sleepAndCompute, batch, sleepMs, rounds)));
}
function* total(tasks) {
  let sum = 0;
  for (const task of tasks) sum += yield* task;
  return sum;
}

function* matmult(n, p) {
  const buffer = new SharedArrayBuffer(3 * n * n * 8);
  const cells = new Float64Array(buffer);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      cells[i * n + j] = (i + j) % 4;
      cells[n * n + i * n + j] = (i + 2 * j) % 3;
    }
  }
  try {
    yield* go(multiply, { n, buffer, grain: p.work }, 0, n, 0, n);
  } catch (err) {
    if (err.name === "DataCloneError") throw new Unavailable(err.message);
    throw err;
  }
  let sum = 0;
  for (let i = 2 * n * n; i < 3 * n * n; i++) sum += cells[i];
  return sum;
}

export const programs = {
  "portable-await": withThreads({}, portableAwait),
  "portable-joined": withThreads({}, portableJoined),
  "portable-handles": withThreads({}, portableHandles),
  "threads-ping": withThreads({ mainRuns: false }, threadsPing),
  "threads-ring": withThreads({}, threadsRing),
  // The receiver is to live on the other thread.
  "shared-chan": withThreads({ mainRuns: false }, sharedChan),
  "cpu-bound": withThreads({}, cpuBound),
  "sleep-and-cpu": withThreads({}, sleepAndCpu),
  matmult: withThreads({}, matmult),
};
