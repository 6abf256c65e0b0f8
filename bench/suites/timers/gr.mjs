import { chan, Timer, ticker } from "@gr/chan";
import { go, run, sleep } from "@gr/core";
import { lateness } from "./lateness.mjs";

const HOUR_MS = 3_600_000;
const NANOSECOND_MS = 1e-6;
const far = () => {};

/** Runs body(n) with far timers pending; their time is not counted. */
const withBallast = (body) => (n, p) =>
  run(function* () {
    const ballast = [];
    for (let i = 0; i < p.ballast; i++) ballast.push(Timer.afterFunc(HOUR_MS, far));
    const start = process.hrtime.bigint();
    const result = yield* body(n, p);
    p.ns = Number(process.hrtime.bigint() - start);
    for (const timer of ballast) timer.stop();
    return result;
  });

function* afterFuncChain(n) {
  const end = chan();
  const link = function* (number) {
    if (number === n) yield* end.send(number);
    else Timer.afterFunc(0, link, number + 1);
  };
  Timer.afterFunc(0, link, 1);
  return yield* end.recv();
}

function* afterReceive(n) {
  let got = 0;
  for (let i = 0; i < n; i++) {
    yield* new Timer(NANOSECOND_MS).recv();
    got++;
  }
  return got;
}

function* makeStop(n) {
  let stopped = 0;
  for (let i = 0; i < n; i++) if (new Timer(HOUR_MS).stop()) stopped++;
  return stopped;
}

function* afterFuncBatch(n, { batch }) {
  const end = chan();
  let ran = 0;
  let left = 0;
  const task = function* () {
    if (--left === 0) yield* end.send(batch);
  };
  while (ran < n) {
    left = batch;
    for (let i = 0; i < batch; i++) Timer.afterFunc(0, task);
    ran += yield* end.recv();
  }
  return ran;
}

function* startStop(n, { batch }) {
  let stopped = 0;
  for (let done = 0; done < n; done += batch) {
    const timers = [];
    for (let i = 0; i < batch; i++) timers.push(Timer.afterFunc(HOUR_MS, far));
    for (const timer of timers) if (timer.stop()) stopped++;
  }
  return stopped;
}

function* reset(n) {
  const timer = new Timer(HOUR_MS);
  let active = 0;
  for (let i = 0; i < n; i++) if (timer.reset(HOUR_MS)) active++;
  timer.stop();
  return active;
}

function* sleepers(n, { batch }) {
  const end = chan();
  let ran = 0;
  let left = 0;
  const task = function* () {
    yield* sleep(NANOSECOND_MS);
    if (--left === 0) yield* end.send(batch);
  };
  while (ran < n) {
    left = batch;
    for (let i = 0; i < batch; i++) go(task);
    ran += yield* end.recv();
  }
  return ran;
}

function* tick(n) {
  const t = ticker(NANOSECOND_MS);
  let got = 0;
  for (let i = 0; i < n; i++) {
    yield* t.recv();
    got++;
  }
  t.stop();
  return got;
}

const timerLateness = (n, { pairs }) =>
  run(function* () {
    let on = true;
    for (let i = 0; i < pairs; i++) {
      const there = chan();
      const back = chan();
      go(function* () {
        while (on) yield* back.send(yield* there.recv());
      });
      go(function* () {
        while (on) {
          yield* there.send(1);
          yield* back.recv();
        }
      });
    }
    const late = yield* lateness(n);
    on = false;
    return late;
  });

export const programs = {
  "timer-after-func-chain": withBallast(afterFuncChain),
  "timer-after": withBallast(afterReceive),
  "timer-stop": withBallast(makeStop),
  "timer-after-func-batch": withBallast(afterFuncBatch),
  "timer-start-stop": withBallast(startStop),
  "timer-reset": withBallast(reset),
  "timer-sleepers": withBallast(sleepers),
  "timer-ticker": withBallast(tick),
  "timer-lateness": timerLateness,
};
