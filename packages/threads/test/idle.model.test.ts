import { ops } from "@gr/shm";
import { expect, test } from "vitest";
import { Group } from "../src/group.ts";
import { handed } from "../src/handed.ts";
import { goIdle, lookAround, obtain, stopSpinning, wakeP, yieldP } from "../src/idle.ts";
import * as w from "../src/layout.ts";
import * as MState from "../src/m-state.ts";
import * as May from "../src/may.ts";
import { Found } from "../src/spin.ts";
import { trySpin } from "../src/take.ts";
import { DONE, holds, idlePs, MS, modelM, queue, queueNow, RECORD, STARTED, take } from "./model.ts";

/** Starts records until there are none, then sleeps; for ever. With `asleep` it is on the idle list at first. */
const worker =
  (m: number, asleep = false) =>
  (mem: Int32Array): never => {
    const { s, world } = modelM(mem, m);
    if (asleep) world.arm();
    obtain(s, world);
    for (;;) {
      const record = take(s);
      if (record !== 0) {
        if (s.spinning) stopSpinning(s, world);
        ops.add(mem, DONE, 1);
        continue;
      }
      trySpin(handed, s);
      goIdle(s, world);
    }
  };

/** Queues n records from outside every P. */
const submitter =
  (n: number, from = 0, m = 0) =>
  (mem: Int32Array): void => {
    const { s, world } = modelM(mem, m);
    for (let i = 0; i < n; i++) {
      queue(s, RECORD + 2 * (from + i));
      wakeP(s, world);
    }
  };

const awake = (mem: Int32Array, ...ms: number[]): void => {
  for (const m of ms) ops.store(mem, w.mSlot(m) + w.M_STATE, MState.Awake);
  ops.store(mem, w.NWORKERS, ms.length);
  ops.store(mem, w.MAX_WORKERS, ms.length);
  ops.store(mem, w.WORKER_LIMIT, ms.length);
};

const asleep = (mem: Int32Array, ...ms: number[]): void => {
  for (const m of ms) new Group(mem, m, { ms: MS }).sleepM(true);
};

/** All records were started, every P came back, nobody is counted as spinning, and only the workers sleep. */
const allDone =
  (n: number, procs: number) =>
  ({ mem }: { mem: Int32Array }): boolean =>
    mem[DONE] === n && mem[w.NGLOBAL] === 0 && mem[w.NSPINNING] === 0 && mem[w.NPIDLE] === procs;

test("a queued record is never slept through: one worker, one P", () => {
  holds({
    init: (mem) => {
      idlePs(mem, 1);
      awake(mem, 1);
    },
    threads: [submitter(2), worker(1)],
    allowStuck: allDone(2, 1),
  });
});

test("a queued record is never slept through: one worker, two submitters", () => {
  holds({
    init: (mem) => {
      idlePs(mem, 1);
      awake(mem, 1);
      asleep(mem, 1);
    },
    threads: [submitter(1), worker(1, true), submitter(1, 1, 2)],
    allowStuck: allDone(2, 1),
  });
});

test("a queued record is never slept through: two workers, two Ps (go#167)", () => {
  holds({
    init: (mem) => {
      idlePs(mem, 2);
      awake(mem, 1, 2);
      asleep(mem, 1, 2);
    },
    threads: [submitter(1), worker(1, true), worker(2, true)],
    allowStuck: allDone(1, 2),
  });
});

// Both awake at first have a hundred times the states; how two of them go to sleep is in "more Ms than Ps".
test("a queued record is never slept through: two workers, one P", () => {
  holds({
    init: (mem) => {
      idlePs(mem, 1);
      awake(mem, 1, 2);
      asleep(mem, 2);
    },
    threads: [submitter(1), worker(1), worker(2, true)],
    allowStuck: allDone(1, 1),
  });
});

/** Has `units` of work that only it can do, one per slice; then starts records, if it may. */
const pinnedM =
  (m: number, units: number) =>
  (mem: Int32Array): void => {
    let left = units;
    const { s, world } = modelM(mem, m, {
      pinned: () => left > 0,
      rest: () => s.sleepM(false),
      mayStart: () => May.WakeOther,
    });
    let got = obtain(s, world);
    for (;;) {
      if (!got) throw new Error("obtain came back without a P and without sleeping");
      if (left > 0) {
        left--;
        ops.add(mem, DONE, 1);
        got = yieldP(s, world) || obtain(s, world);
      } else got = goIdle(s, world);
    }
  };

test("two Ms with work of their own share one P: both get through, and the P comes back", () => {
  holds({
    init: (mem) => {
      idlePs(mem, 1);
      awake(mem, 0, 1);
    },
    threads: [pinnedM(0, 1), pinnedM(1, 2)],
    allowStuck: allDone(3, 1),
  });
});

test("an M that wants a P gets it from a worker that runs out of records (go#155, go#168)", () => {
  holds({
    init: (mem) => {
      const s = idlePs(mem, 1);
      awake(mem, 0, 1);
      queueNow(s, RECORD);
    },
    threads: [pinnedM(0, 1), worker(1)],
    allowStuck: allDone(2, 1),
  });
});

/** Waits awake for mail that never comes, however long it takes, and sleeps when somebody has a use for its P. */
const mailWaiter =
  (m: number) =>
  (mem: Int32Array): never => {
    const { s, world } = modelM(mem, m, { rest: () => s.sleepM(false), mayStart: () => May.WakeOther });
    s.lock();
    s.takeP(s.popIdleP());
    s.unlock();
    for (;;) {
      while (s.p >= 0 && lookAround(s, world) === Found.Nothing) ops.pause();
      goIdle(s, world);
    }
  };

test("an M that waits awake lets go of its P for one that wants it", () => {
  holds({
    init: (mem) => {
      idlePs(mem, 1);
      awake(mem, 0, 1);
    },
    threads: [mailWaiter(0), pinnedM(1, 1)],
    allowStuck: ({ mem }) => mem[DONE] === 1 && mem[w.NWANT] === 0,
  });
});

test("an M that waits awake lets go of its P for a record that it may not start", () => {
  holds({
    init: (mem) => {
      idlePs(mem, 1);
      awake(mem, 0, 1);
      asleep(mem, 1);
    },
    threads: [mailWaiter(0), worker(1, true), submitter(1, 0, 2)],
    allowStuck: ({ mem }) => mem[DONE] === 1 && mem[w.NGLOBAL] === 0 && mem[w.NSPINNING] === 0,
  });
});

test("an M that may not start records wakes one that may, when it gives its P back", () => {
  holds({
    init: (mem) => {
      idlePs(mem, 1);
      awake(mem, 0, 1);
    },
    threads: [
      (mem) => {
        let left = 1;
        const { s, world } = modelM(mem, 0, {
          pinned: () => left > 0,
          rest: () => s.sleepM(false),
          mayStart: () => May.WakeOther,
        });
        obtain(s, world);
        left = 0;
        queue(s, RECORD);
        wakeP(s, world);
        for (;;) goIdle(s, world);
      },
      worker(1),
    ],
    allowStuck: allDone(1, 1),
  });
});

test("a worker is reserved once for one record, however many submit, and finds it when it has started", () => {
  holds({
    init: (mem) => {
      idlePs(mem, 1);
      ops.store(mem, w.MAX_WORKERS, 1);
      ops.store(mem, w.WORKER_LIMIT, 1);
    },
    threads: [
      submitter(1),
      (mem) => {
        while (ops.load(mem, STARTED) === 0) ops.pause();
        const s = new Group(mem, 1, { ms: MS });
        s.lock();
        ops.sub(mem, w.STARTING, 1);
        ops.store(mem, s.slot + w.M_STATE, MState.Awake);
        s.unlock();
        worker(1)(mem);
      },
      (mem) => {
        const { s, world } = modelM(mem, 2);
        wakeP(s, world);
      },
    ],
    allowStuck: (end) => allDone(1, 1)(end) && end.mem[STARTED] === 1,
  });
});

test("more Ms than Ps: never more of them hold one", () => {
  let most = 0;
  holds({
    init: (mem) => {
      const s = idlePs(mem, 1);
      awake(mem, 1, 2);
      queueNow(s, RECORD);
      queueNow(s, RECORD + 2);
    },
    threads: [worker(1), worker(2)],
    invariant: (mem) => {
      let held = 0;
      for (let m = 0; m < MS; m++) if (mem[w.mSlot(m) + w.M_HELD] !== 0) held++;
      most = Math.max(most, held);
      if (held > 1) throw new Error(`${held} Ms hold one P`);
    },
    allowStuck: allDone(2, 1),
  });
  expect(most).toBe(1);
});

test("an M that gives its P away at the end of a slice does not count as spinning", () => {
  const mem = new Int32Array(new SharedArrayBuffer(4096));
  const { s, world } = modelM(mem, 1);
  idlePs(mem, 1);
  awake(mem, 1, 2);
  s.takeP(s.popIdleP());
  // It looked for records in their turn, found none, and went on with goroutines of its own.
  expect(trySpin(handed, s)).toBe(true);
  new Group(mem, 2, { ms: MS }).wantP();
  expect(yieldP(s, world)).toBe(false);
  expect(mem[w.NSPINNING]).toBe(0);
});

test("of idle Ms with equally few goroutines the last to sleep is woken first (go#169)", () => {
  const mem = new Int32Array(new SharedArrayBuffer(1 << 16));
  const s = new Group(mem, 0, { ms: MS });
  asleep(mem, 1, 2);
  expect([s.popIdleM(), s.popIdleM(), s.popIdleM()]).toEqual([2, 1, -1]);
  asleep(mem, 1, 2);
  ops.store(mem, w.mSlot(2) + w.M_LIVE, 1);
  expect([s.popIdleM(), s.popIdleM()]).toEqual([1, 2]);
});
