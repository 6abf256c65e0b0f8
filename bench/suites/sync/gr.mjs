import { gosched, run } from "@gr/core";
import { Mutex, WaitGroup } from "@gr/sync";
import { work } from "../../lib/work.mjs";

const mutexUncontended = (n) =>
  run(function* () {
    const mu = new Mutex();
    let held = 0;
    for (let i = 0; i < n; i++) {
      const lock = yield* mu.lock();
      held++;
      lock.release();
    }
    return held;
  });

/** `width` goroutines that take the mutex n times together; body runs inside it, and gives what counts. */
const together = (n, width, inside, outside) =>
  run(function* () {
    const mu = new Mutex();
    const wg = new WaitGroup();
    let sum = 0;
    for (let g = 0; g < width; g++)
      wg.go(function* () {
        for (let i = 0; i < n / width; i++) {
          const lock = yield* mu.lock();
          sum++;
          if (inside) yield* gosched();
          lock.release();
          if (outside > 0) sum += work(outside);
        }
      });
    yield* wg.wait();
    return sum;
  });

const waitGroupUncontended = (n) =>
  run(function* () {
    let waited = 0;
    const wg = new WaitGroup();
    for (let i = 0; i < n; i++) {
      wg.add(1);
      wg.done();
      yield* wg.wait();
      waited++;
    }
    return waited;
  });

const waitGroupAddDone = (n) => {
  const wg = new WaitGroup();
  let done = 0;
  for (let i = 0; i < n; i++) {
    wg.add(1);
    wg.done();
    done++;
  }
  return done - wg.count;
};

const waitGroupWait = (n) =>
  run(function* () {
    const wg = new WaitGroup();
    let waited = 0;
    for (; waited < n; waited++) yield* wg.wait();
    return waited;
  });

const waitGroupAddDoneWork = (n, { work: rounds }) => {
  const wg = new WaitGroup();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    wg.add(1);
    sum += work(rounds);
    wg.done();
  }
  return sum + wg.count;
};

const waitGroupWaitWork = (n, { work: rounds }) =>
  run(function* () {
    const wg = new WaitGroup();
    let sum = 0;
    for (let i = 0; i < n; i++) {
      yield* wg.wait();
      sum += work(rounds);
    }
    return sum;
  });

const waitGroupGo = (n, { batch }) =>
  run(function* () {
    let ran = 0;
    const task = function* () {
      ran++;
    };
    const wg = new WaitGroup();
    while (ran < n) {
      for (let i = 0; i < batch; i++) wg.go(task);
      yield* wg.wait();
    }
    return ran;
  });

export const programs = {
  "mutex-uncontended": mutexUncontended,
  "mutex-contended": (n, { width }) => together(n, width, true, 0),
  "mutex-work": (n, { width, work: rounds }) => together(n, width, false, rounds),
  "wait-group-uncontended": waitGroupUncontended,
  "wait-group-add-done": waitGroupAddDone,
  "wait-group-wait": waitGroupWait,
  "wait-group-add-done-work": waitGroupAddDoneWork,
  "wait-group-wait-work": waitGroupWaitWork,
  "wait-group-go": waitGroupGo,
};
