import { chan, select, Timer } from "@gr/chan";
import { go, run } from "@gr/core";
import { work } from "../../lib/work.mjs";

const selectBlocking = (n) =>
  run(function* () {
    const a = chan();
    const b = chan();
    go(function* () {
      for (let i = 0; i < n; i += 2) {
        yield* a.send(1);
        yield* b.send(1);
      }
    });
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (yield* select({ a: a.recv(), b: b.recv() })).value;
    return sum;
  });

const selectReady = (n) =>
  run(function* () {
    const a = chan(1);
    const b = chan(1);
    yield* a.send(1);
    yield* b.send(1);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const got = yield* select({ a: a.recv(), b: b.recv() });
      sum += got.value;
      yield* (got.key === "a" ? a : b).send(1);
    }
    return sum;
  });

function* moveValues(a, b, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const got = yield* select({ a: a.recv(), b: b.recv() });
    sum += got.value;
    yield* (got.key === "a" ? b : a).send(1);
  }
  return sum;
}
const selectUncontended = (n) =>
  run(function* () {
    const a = chan(1);
    yield* a.send(1);
    return yield* moveValues(a, chan(1), n);
  });
const selectAsyncContended = (n) =>
  run(function* () {
    const a = chan(4);
    const b = chan(4);
    const gs = [0, 1, 2, 3].map(() =>
      go(function* () {
        yield* a.send(1);
        return yield* moveValues(a, b, n / 4);
      }),
    );
    let sum = 0;
    for (const g of gs) sum += yield* g;
    return sum;
  });

const selectSyncContended = (n) =>
  run(function* () {
    const a = chan();
    const b = chan();
    const c = chan();
    const done = chan();
    const helper = go(function* () {
      for (;;) {
        const got = yield* select({ a: a.send(1), b: b.send(1), c: c.send(1), done: done.recv() });
        if (got.key === "done") return;
      }
    });
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (yield* select({ a: a.recv(), b: b.recv(), c: c.recv() })).value;
    done.close();
    yield* helper;
    return sum;
  });

const selectNonblock = (n) => {
  const sync = chan();
  const buffered = chan(1);
  let done = 0;
  for (let i = 0; i < n; i++) {
    if (sync.tryRecv() !== undefined) done++;
    if (sync.trySend(1)) done++;
    if (buffered.tryRecv() !== undefined) done++;
    if (buffered.trySend(1)) done++;
  }
  return done;
};

const HOUR_MS = 3_600_000;
const selectProdCons = (n) =>
  run(function* () {
    const items = chan(128);
    const closed = chan();
    const timer = new Timer(HOUR_MS);
    let spent = 0;
    go(function* () {
      for (let i = 0; i < n; i++) {
        yield* select({ item: items.send(1), late: timer.recv(), closed: closed.recv() });
        spent += work(100);
      }
      yield* items.send(0);
    });
    let sum = 0;
    for (;;) {
      const got = yield* select({ item: items.recv(), late: timer.recv(), closed: closed.recv() });
      if (got.value === 0) break;
      sum += got.value;
      spent += work(100);
    }
    timer.stop();
    return spent > 0 ? sum : -1;
  });

const POPULAR = 1000;
const chanPopular = (n) =>
  run(function* () {
    const quiet = chan();
    const done = chan(POPULAR);
    const own = Array.from({ length: POPULAR }, () => chan());
    const wakes = n / POPULAR;
    for (const c of own) {
      go(function* () {
        let sum = 0;
        for (let i = 0; i < wakes; i++) sum += (yield* select({ quiet: quiet.recv(), own: c.recv() })).value;
        yield* done.send(sum);
      });
    }
    for (let i = 0; i < wakes; i++) for (const c of own) yield* c.send(1);
    let sum = 0;
    for (let i = 0; i < POPULAR; i++) sum += yield* done.recv();
    return sum;
  });

export const programs = {
  "select-blocking": selectBlocking,
  "select-ready": selectReady,
  "select-uncontended": selectUncontended,
  "select-sync-contended": selectSyncContended,
  "select-async-contended": selectAsyncContended,
  "select-nonblock": selectNonblock,
  "select-prod-cons": selectProdCons,
  "chan-popular": chanPopular,
};
