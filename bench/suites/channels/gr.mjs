import { chan, range } from "@gr/chan";
import { go, run } from "@gr/core";
import { work } from "../../lib/work.mjs";

const chanPing = (n) =>
  run(function* () {
    const there = chan();
    const back = chan();
    go(function* () {
      for (let i = 0; i < n; i++) yield* back.send(yield* there.recv());
    });
    let sum = 0;
    for (let i = 0; i < n; i++) {
      yield* there.send(1);
      sum += yield* back.recv();
    }
    return sum;
  });

const prodCons = (n, { cap, work: rounds }) =>
  run(function* () {
    const items = chan(cap);
    let made = 0;
    go(function* () {
      for (let i = 0; i < n; i++) {
        made += work(rounds) >> 10;
        yield* items.send(1);
      }
      yield* items.send(0);
    });
    let sum = made;
    for (;;) {
      const item = yield* items.recv();
      if (item === 0) return sum + made;
      sum += item + work(rounds);
    }
  });

const chanMake = (n) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += chan(8).cap;
  return sum;
};

const chanCreation = (n) =>
  run(function* () {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const c = chan(1);
      yield* c.send(1);
      sum += yield* c.recv();
    }
    return sum;
  });

const failing = (c, n) => {
  let got = 0;
  for (let i = 0; i < n; i++) if (c.tryRecv() !== undefined) got++;
  return got;
};
const chanNonblocking = (n) => failing(chan(), n);
const chanClosed = (n) => {
  const c = chan();
  c.close();
  return failing(c, n);
};

function* fillAndDrain(c, batches) {
  let sum = 0;
  for (let i = 0; i < batches; i++) {
    for (let j = 0; j < 100; j++) yield* c.send(1);
    for (let j = 0; j < 100; j++) sum += yield* c.recv();
  }
  return sum;
}
const chanUncontended = (n) => run(() => fillAndDrain(chan(100), n / 100));
const chanContended = (n) =>
  run(function* () {
    const c = chan(400);
    const gs = [0, 1, 2, 3].map(() => go(fillAndDrain, c, n / 400));
    let sum = 0;
    for (const g of gs) sum += yield* g;
    return sum;
  });

const chanSync = (n, { work: rounds }) =>
  run(function* () {
    const c = chan();
    const taking = function* () {
      let sum = 0;
      for (let i = 0; i < n / 2; i++) {
        sum += (yield* c.recv()) + work(rounds);
        yield* c.send(1);
        sum += work(rounds);
      }
      return sum;
    };
    const giving = function* () {
      let sum = 0;
      for (let i = 0; i < n / 2; i++) {
        yield* c.send(1);
        sum += work(rounds);
        sum += (yield* c.recv()) + work(rounds);
      }
      return sum;
    };
    const other = go(taking);
    return (yield* giving()) + (yield* other);
  });

const chanClosedRange = (n, p) =>
  run(function* () {
    const c = chan(n);
    for (let i = 0; i < n; i++) c.trySend(i);
    c.close();
    let sum = 0;
    const start = process.hrtime.bigint();
    yield* range(c, (value) => {
      sum += value;
    });
    p.ns = Number(process.hrtime.bigint() - start);
    return sum;
  });

const chanSem = (n) =>
  run(function* () {
    const slots = chan(1);
    const user = function* () {
      let used = 0;
      for (let i = 0; i < n / 4; i++) {
        yield* slots.send(1);
        used += yield* slots.recv();
      }
      return used;
    };
    const users = [0, 1, 2, 3].map(() => go(user));
    let sum = 0;
    for (const g of users) sum += yield* g;
    return sum;
  });

const RING = 503;
const threadRing = (n) =>
  run(function* () {
    const links = Array.from({ length: RING }, () => chan());
    const end = chan();
    const node = function* (number, from, to) {
      for (;;) {
        const left = yield* from.recv();
        if (left === 0) {
          yield* end.send(number);
          return;
        }
        yield* to.send(left - 1);
      }
    };
    for (let i = 0; i < RING; i++) go(node, i + 1, links[i], links[(i + 1) % RING]);
    yield* links[0].send(n);
    return yield* end.recv();
  });

export const programs = {
  "chan-ping": chanPing,
  "prod-cons": prodCons,
  "chan-make": chanMake,
  "chan-creation": chanCreation,
  "chan-nonblocking": chanNonblocking,
  "chan-closed": chanClosed,
  "chan-uncontended": chanUncontended,
  "chan-contended": chanContended,
  "chan-sync": chanSync,
  "chan-closed-range": chanClosedRange,
  "chan-sem": chanSem,
  "thread-ring": threadRing,
};
