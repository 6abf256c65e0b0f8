import { Deque, dequeWords, ops, Parker, unpark } from "@gr/shm";
import { expect, test } from "vitest";
import { Group } from "../src/group.ts";
import { restAsSpare } from "../src/group-rare.ts";
import { obtain } from "../src/idle.ts";
import * as w from "../src/layout.ts";
import * as MState from "../src/m-state.ts";
import { Queues } from "../src/queues.ts";
import { doze, Need, Sysmon } from "../src/sysmon.ts";
import { DEQUE, holds, idlePs, MS, modelM, popGlobal, queueNow, RECORD } from "./model.ts";

const FIRST = RECORD;
const SECOND = RECORD + 2;
const words = DEQUE + dequeWords();

/** Every record that is queued somewhere. */
function queued(mem: Int32Array): number[] {
  const s = new Group(mem, 0, { ms: MS });
  const own = new Deque(mem, DEQUE);
  const found: number[] = [];
  for (let r = own.get(); r !== 0; r = own.get()) found.push(r);
  for (let r = popGlobal(s); r !== 0; r = popGlobal(s)) found.push(r);
  return found.sort((a, b) => a - b);
}

/** M 1 holds P 0, whose queue is at DEQUE. */
function held(mem: Int32Array): void {
  const s = idlePs(mem, 1);
  ops.store(mem, s.pSlot(0) + w.P_DEQUE, DEQUE);
  ops.store(mem, w.mSlot(1) + w.M_STATE, MState.Awake);
  s.popIdleP();
  new Group(mem, 1, { ms: MS }).takeP(0);
}

/** Looks twice: the second time the holder counts as stuck, if it has not ticked between. */
const sysmon = (mem: Int32Array): void => {
  const watcher = new Sysmon(mem, undefined, MS);
  watcher.look(0);
  watcher.look(1000);
};

// Not exclusive here: the P's owner, the queue and the ticks, which are what is raced for.
const exclusive = (at: number): boolean =>
  at === w.GHEAD || at === w.GTAIL || at === w.PIDLE || at === w.MIDLE || at === w.WANT_HEAD;

test("a P is taken while its holder queues a record: none is lost, none is there twice", () => {
  const ends = new Set<number>();
  holds({
    words,
    exclusive,
    init: (mem) => {
      held(mem);
      queueNow(new Group(mem, 0, { ms: MS }), FIRST);
    },
    threads: [
      (mem) => {
        const s = new Group(mem, 1, { ms: MS });
        s.p = 0;
        new Queues(s).put(SECOND);
      },
      sysmon,
    ],
    check: ({ mem }) => {
      ends.add(mem[w.mSlot(1) + w.M_RETAKEN] as number);
      expect(queued(mem)).toEqual([FIRST, SECOND]);
    },
  });
  expect(ends).toEqual(new Set([0, 1]));
});

test("an M whose P was taken notices, and gets one again", () => {
  holds({
    words,
    exclusive,
    init: (mem) => {
      held(mem);
      queueNow(new Group(mem, 0, { ms: MS }), FIRST);
    },
    threads: [
      (mem) => {
        const { s, world } = modelM(mem, 1, { pinned: () => true });
        s.p = 0;
        ops.poke(mem, s.slot + w.M_TICK, 1);
        if (!s.holds()) {
          s.p = -1;
          obtain(s, world);
        }
        return s.holds();
      },
      sysmon,
    ],
    check: ({ mem, results }) => {
      const s = new Group(mem, 0, { ms: MS });
      // Taken after it had looked: it will notice at its next look.
      const owner = ops.load(mem, s.pSlot(0) + w.P_OWNER);
      if (ops.load(mem, w.mSlot(1) + w.M_RETAKEN) === 0) expect(results[0]).toBe(true);
      expect(ops.load(mem, w.NPIDLE) + (owner === 0 ? 0 : 1)).toBe(1);
      expect(queued(mem)).toEqual([FIRST]);
    },
  });
});

test("sysmon is not asleep while a P is held, whoever came first", () => {
  holds({
    init: (mem) => idlePs(mem, 2),
    threads: [
      // Looks until it has seen two Ps held, asleep in between.
      (mem) => {
        const watcher = new Sysmon(mem, undefined, MS);
        const parker = new Parker(mem, w.SYS_PARK);
        const held = (): boolean => watcher.look(0);
        for (;;) {
          const slept = doze(mem, held, () => {
            parker.park();
            return true;
          });
          if (slept) ops.store(mem, w.SYS_ASLEEP, 0);
          if (held() && ops.load(mem, w.NPIDLE) === 0) return;
          // It looks again by the clock while a P is held.
          if (held()) ops.pause();
        }
      },
      ...[1, 2].map((m) => (mem: Int32Array) => {
        const { s, world } = modelM(mem, m, { pinned: () => true });
        obtain(s, world);
      }),
    ],
  });
});

test("sysmon does not sleep while a worker is needed or the program ends", () => {
  const mem = new Int32Array(new SharedArrayBuffer(1 << 16));
  const arm = (): boolean => true;
  const asleep = (): number => mem[w.SYS_ASLEEP] as number;
  for (const word of [w.NEED, w.STOP]) {
    mem[word] = 1;
    expect([doze(mem, () => false, arm), asleep()]).toEqual([false, 0]);
    mem[word] = 0;
  }
  expect([doze(mem, () => true, arm), asleep()]).toEqual([false, 0]);
  expect([
    doze(
      mem,
      () => false,
      () => false,
    ),
    asleep(),
  ]).toEqual([false, 0]);
  expect([doze(mem, () => false, arm), asleep()]).toEqual([true, 1]);
});

// What it does with the P of one that is stuck, on one thread.

interface Small {
  readonly mem: Int32Array;
  readonly s: Group;
  readonly watcher: Sysmon;
}

/** Ms 0 and up hold Ps 0 and up; nobody ticks. */
function stuck(ps: number, record = true): Small {
  const mem = new Int32Array(new SharedArrayBuffer(1 << 16));
  const s = idlePs(mem, ps);
  for (let p = 0; p < ps; p++) {
    ops.store(mem, s.pSlot(p) + w.P_DEQUE, DEQUE + p * dequeWords());
    ops.store(mem, w.mSlot(p) + w.M_STATE, MState.Awake);
    s.popIdleP();
    new Group(mem, p, { ms: MS }).takeP(p);
  }
  ops.store(mem, w.WORKER_LIMIT, 9);
  if (record) new Deque(mem, DEQUE).put(FIRST, []);
  return { mem, s, watcher: new Sysmon(mem, undefined, MS) };
}
const owner = ({ mem, s }: Small, p = 0): number => (mem[s.pSlot(p) + w.P_OWNER] as number) - 1;
const word = ({ mem }: Small, m: number, at: number): number => mem[w.mSlot(m) + at] as number;
const tick = ({ mem }: Small, m: number): void => void Atomics.add(mem, w.mSlot(m) + w.M_TICK, 1);

test("the P of an M that is stuck goes to one that wants it, with nothing in its queue (go#171)", () => {
  const g = stuck(1);
  new Group(g.mem, 2, { ms: MS }).wantP();
  g.watcher.look(0);
  g.watcher.look(1000);
  expect(owner(g)).toBe(2);
  expect([word(g, 2, w.M_SPIN), word(g, 2, w.M_PARK), g.mem[w.NSPINNING], g.mem[w.NWANT]]).toEqual([0, 1, 0, 0]);
  expect([word(g, 0, w.M_RETAKEN), g.mem[w.NGLOBAL], popGlobal(g.s)]).toEqual([1, 1, FIRST]);
  expect([g.mem[w.NEED], g.mem[w.LOCK]]).toEqual([0, 0]);
});

test("else to one that is idle, which looks for what was queued", () => {
  const g = stuck(1);
  new Group(g.mem, 2, { ms: MS }).sleepM(true);
  g.watcher.look(0);
  g.watcher.look(1000);
  expect([owner(g), word(g, 2, w.M_SPIN), word(g, 2, w.M_PARK), g.mem[w.NSPINNING]]).toEqual([2, 1, 1, 1]);
  expect([g.mem[w.NGLOBAL], g.mem[w.NEED]]).toEqual([1, 0]);
});

test("else it is idle, and a worker is needed, but for one that starts already", () => {
  for (const starting of [0, 1]) {
    const g = stuck(1);
    ops.store(g.mem, w.MAX_WORKERS, 2);
    ops.store(g.mem, w.NWORKERS, starting);
    ops.store(g.mem, w.STARTING, starting);
    g.watcher.look(0);
    g.watcher.look(1000);
    expect([owner(g), g.mem[w.NPIDLE], g.mem[w.NGLOBAL]]).toEqual([-1, 1, 1]);
    expect([g.mem[w.NEED], g.mem[w.NWORKERS], g.mem[w.STARTING]]).toEqual([1 - starting, 1, 1]);
  }
});

test("an idle M is not woken for a P with which nothing is to be done", () => {
  const g = stuck(1, false);
  new Group(g.mem, 2, { ms: MS }).sleepM(true);
  g.watcher.look(0);
  g.watcher.look(1000);
  expect([owner(g), word(g, 2, w.M_PARK)]).toEqual([0, 0]);
});

test("one that comes back to its scheduler in time keeps its P, and time counts from there", () => {
  const g = stuck(1);
  g.watcher.look(0);
  tick(g, 0);
  g.watcher.look(10);
  g.watcher.look(20);
  expect(owner(g)).toBe(0);
  g.watcher.look(21);
  expect(owner(g)).toBe(-1);
});

test("another holder begins anew, and so does one that had none in between", () => {
  const g = stuck(1);
  g.watcher.look(0);
  g.s.pushIdleP(0);
  g.watcher.look(8);
  g.s.popIdleP();
  new Group(g.mem, 0, { ms: MS }).takeP(0);
  g.watcher.look(12);
  expect(owner(g)).toBe(0);
  ops.store(g.mem, g.s.pSlot(0) + w.P_OWNER, 2);
  ops.store(g.mem, w.mSlot(1) + w.M_HELD, 1);
  g.watcher.look(22);
  g.watcher.look(32);
  expect(owner(g)).toBe(1);
  g.watcher.look(33);
  expect(owner(g)).toBe(-1);
});

test("a worker that computes is given time while others serve the queues, main is not", () => {
  // Ms 0 and 1; M 1 comes back to its scheduler always, then M 0 does.
  for (const [busy, stuckM] of [
    [1, 0],
    [0, 1],
  ] as const) {
    const g = stuck(2, false);
    queueNow(g.s, FIRST);
    for (const now of [0, 12]) {
      g.watcher.look(now);
      tick(g, busy);
    }
    expect(owner(g, stuckM)).toBe(stuckM === 0 ? -1 : 1);
    for (let now = 16; now < 100; now += 4) {
      g.watcher.look(now);
      tick(g, busy);
    }
    expect(owner(g, 1)).toBe(1);
    g.watcher.look(100);
    expect(owner(g, stuckM)).toBe(-1);
  }
});

test("nor is one given it that holds what a wanting M waits for", () => {
  const hurry = stuck(2);
  for (const now of [0, 12]) {
    hurry.watcher.look(now);
    tick(hurry, 0);
    if (now === 0) new Group(hurry.mem, 2, { ms: MS }).wantP();
  }
  expect(owner(hurry, 1)).toBe(2);
});

test("else to the spare, which takes part from then on, and another is needed", () => {
  const g = stuck(2);
  const { mem } = g;
  ops.store(mem, w.SYS_UP, 1);
  ops.store(mem, w.MAX_WORKERS, 1);
  ops.store(mem, w.NWORKERS, 2);
  const spare = new Group(mem, 2, { ms: MS });
  expect(restAsSpare(spare)).toBe(true);
  expect([mem[w.SPARE], word(g, 2, w.M_STATE), mem[w.NSTUCK], mem[w.NMIDLE]]).toEqual([3, MState.Spare, 1, 0]);
  g.watcher.keepSpare();
  expect(mem[w.NEED]).toBe(0);
  g.watcher.look(0);
  tick(g, 1);
  g.watcher.look(1000);
  expect([owner(g), owner(g, 1), word(g, 2, w.M_PARK), word(g, 2, w.M_SPIN), mem[w.NSPINNING]]).toEqual([
    2, 1, 1, 1, 1,
  ]);
  expect([mem[w.SPARE], word(g, 2, w.M_STATE), mem[w.NSTUCK], mem[w.NEED]]).toEqual([0, MState.Awake, 0, 0]);
  // M 0 is main, which does not count as stuck: another worker that was, would.
  ops.store(mem, w.NSTUCK, 1);
  g.watcher.keepSpare();
  g.watcher.keepSpare();
  expect([mem[w.NEED], mem[w.NWORKERS], mem[w.STARTING], mem[w.LOCK]]).toEqual([1, 3, 1, 0]);
});

test("a spare is started while there is one M to each P, or none that is idle, and room for two threads", () => {
  const lacks = (words: Record<number, number>): boolean => {
    const { mem, watcher } = stuck(1, false);
    const all = { [w.NWORKERS]: 2, [w.MAX_WORKERS]: 2, [w.WORKER_LIMIT]: 4, ...words };
    for (const [at, value] of Object.entries(all)) mem[Number(at)] = value;
    watcher.keepSpare();
    return mem[w.NEED] === 1;
  };
  expect(lacks({})).toBe(true);
  expect(lacks({ [w.NMIDLE]: 1 })).toBe(true);
  expect(lacks({ [w.MAX_WORKERS]: 3 })).toBe(true);
  expect(lacks({ [w.MAX_WORKERS]: 3, [w.NMIDLE]: 1 })).toBe(false);
  expect(lacks({ [w.MAX_WORKERS]: 1 })).toBe(false);
  expect(lacks({ [w.MAX_WORKERS]: 1, [w.NSTUCK]: 1 })).toBe(true);
  expect(lacks({ [w.WORKER_LIMIT]: 3 })).toBe(false);
  expect(lacks({ [w.STARTING]: 1 })).toBe(false);
  expect(lacks({ [w.NWORKERS]: 0 })).toBe(false);
  // There is one, or one has ended.
  for (const spare of [2, -1]) expect(lacks({ [w.SPARE]: spare })).toBe(false);
});

test("an M that goes to sleep becomes the spare if it is one too many, alone and without goroutines", () => {
  const becomes = (words: Record<number, number>): boolean => {
    const { mem } = stuck(1, false);
    const all = { [w.NWORKERS]: 2, [w.MAX_WORKERS]: 1, [w.SYS_UP]: 1, ...words };
    for (const [at, value] of Object.entries(all)) mem[Number(at)] = value;
    const is = restAsSpare(new Group(mem, 1, { ms: MS }));
    expect(mem[w.SPARE] === 2).toBe(is);
    return is;
  };
  expect(becomes({})).toBe(true);
  expect(becomes({ [w.NWORKERS]: 1 })).toBe(false);
  expect(becomes({ [w.NSTUCK]: 1 })).toBe(false);
  expect(becomes({ [w.STARTING]: 1 })).toBe(false);
  expect(becomes({ [w.SYS_UP]: 0 })).toBe(false);
  expect(becomes({ [w.SPARE]: -1 })).toBe(false);
  expect(becomes({ [w.mSlot(1) + w.M_LIVE]: 1 })).toBe(false);
});

test("as many Ms that compute as there are Ps make sysmon patient with the next; blocked ones and the spare do not", () => {
  for (const [m, state] of [
    [1, MState.Blocked],
    [1, MState.Spare],
    [1, MState.Awake],
    [0, MState.Awake],
  ] as const) {
    const g = stuck(1);
    new Group(g.mem, m, { ms: MS }).takeP(0);
    ops.store(g.mem, w.NMS, MS);
    ops.store(g.mem, w.NSTUCK, 1);
    ops.store(g.mem, w.mSlot(2) + w.M_STUCK, 1);
    ops.store(g.mem, w.mSlot(2) + w.M_STATE, state);
    g.watcher.look(0);
    g.watcher.look(99);
    const patient = m === 1 && state === MState.Awake;
    expect(owner(g)).toBe(patient ? 1 : -1);
    g.watcher.look(100);
    expect(owner(g)).toBe(-1);
  }
});

test("workers that are needed are told of once, and sysmon's to start at the next look", () => {
  const { mem, watcher } = stuck(1, false);
  expect(watcher.need()).toBe(Need.None);
  mem[w.NEED] = 1;
  expect([watcher.need(), watcher.need()]).toEqual([Need.New, Need.Late]);
  mem[w.NEED] = 0;
  expect(watcher.need()).toBe(Need.None);
  mem[w.NEED] = 1;
  expect(watcher.need()).toBe(Need.New);
});

/** M 2, as an M that others do not wake for records while it is the spare: what mail and sysmon do to it. */
const spareM = (mem: Int32Array): string => {
  const { s, world } = modelM(mem, 2, {
    rest: () => {
      if (!restAsSpare(s)) s.sleepM(true);
    },
  });
  world.arm();
  obtain(s, world);
  return `holds ${s.p}`;
};

test("a spare that is called by mail while it is taken holds the P, and one that is not is the spare again", () => {
  const before = new Set<number>();
  holds({
    words,
    exclusive,
    init: (mem) => {
      held(mem);
      ops.store(mem, w.SYS_UP, 1);
      ops.store(mem, w.MAX_WORKERS, 1);
      ops.store(mem, w.NWORKERS, 2);
      restAsSpare(new Group(mem, 2, { ms: MS }));
      queueNow(new Group(mem, 0, { ms: MS }), FIRST);
    },
    threads: [
      spareM,
      sysmon,
      // Mail to all; and M 1 may come back to its scheduler at any moment.
      (mem) => {
        unpark(mem, w.mSlot(2) + w.M_PARK, () => {});
        ops.poke(mem, w.mSlot(1) + w.M_TICK, 1);
      },
    ],
    // Else the holder came back in time, and the spare sleeps on.
    allowStuck: ({ mem }) => mem[w.mSlot(1) + w.M_RETAKEN] === 0,
    check: ({ mem, results }) => {
      const taken = mem[w.mSlot(1) + w.M_RETAKEN] as number;
      before.add(taken);
      expect(results[0]).toBe(taken === 1 ? "holds 0" : undefined);
      const state = taken === 1 ? MState.Awake : MState.Spare;
      expect([mem[w.SPARE], mem[w.mSlot(2) + w.M_STATE]]).toEqual([taken === 1 ? 0 : 3, state]);
      expect([mem[w.NSTUCK], mem[w.NMIDLE]]).toEqual([1, 0]);
    },
  });
  expect(before).toEqual(new Set([0, 1]));
});
