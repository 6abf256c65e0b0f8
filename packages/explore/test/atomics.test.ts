import { expect, test } from "vitest";
import { type AtomicsDoor, type AtomicsProgram, exploreAtomics, mustHold, replayAtomics } from "../src/index.ts";

// The code under test sees the door through one replaceable binding, as @gr/shm's does.
let ops: AtomicsDoor;
const install = (door: AtomicsDoor): AtomicsDoor => {
  const before = ops;
  ops = door;
  return before;
};
const program = (p: Omit<AtomicsProgram, "install">): AtomicsProgram => ({ ...p, install });

const increment = (mem: Int32Array): void => {
  ops.store(mem, 0, ops.load(mem, 0) + 1);
};

test("finds the lost update of two unguarded increments, and its schedule replays", () => {
  const p = program({
    words: 1,
    threads: [increment, increment],
    check: ({ mem }) => expect(mem[0]).toBe(2),
  });
  const report = exploreAtomics(p);
  expect(report.failure?.kind).toBe("check");
  expect(report.failure?.text).toContain("thread 0 load(0) = 0");
  expect(replayAtomics(p, report.failure!.schedule)?.kind).toBe("check");
  expect(replayAtomics(p, "0 0 1 1")).toBeNull();
  expect(() => mustHold(report)).toThrow(report.failure!.schedule);
  expect(() => replayAtomics(p, "0 0 0")).toThrow("not possible");
});

test("passes the atomic increment and counts its states exactly", () => {
  const add = (mem: Int32Array): void => void ops.add(mem, 0, 1);
  const report = mustHold(
    exploreAtomics(program({ words: 1, threads: [add, add], check: ({ mem }) => expect(mem[0]).toBe(2) })),
  );
  // Start; one of two has run; both have, in two orders that the histories tell apart.
  expect(report).toMatchObject({ states: 5, ends: 2, stuck: 0, failures: 0 });
});

/** A flag and a sleeper: `look` before sleeping, in the right or the wrong way. */
const sleeper = (atomically: boolean) => (mem: Int32Array) => {
  if (atomically) {
    while (ops.load(mem, 0) === 0) ops.wait(mem, 0, 0);
  } else if (ops.load(mem, 0) === 0) {
    ops.wait(mem, 1, 0); // the flag may have been set since
  }
};
const waker = (at: number) => (mem: Int32Array) => {
  ops.store(mem, 0, 1);
  ops.notify(mem, at);
};

test("finds a lost wake-up as a stuck end", () => {
  const report = exploreAtomics(program({ words: 2, threads: [sleeper(false), waker(1)] }));
  expect(report.failure?.kind).toBe("stuck");
  expect(report.failure?.message).toContain("thread 0 in wait");
});

test("passes the wait that compares", () => {
  expect(mustHold(exploreAtomics(program({ words: 2, threads: [sleeper(true), waker(0)] }))).states).toBeGreaterThan(4);
});

test("notify wakes waiters in order and no more than asked", () => {
  const wait = (mem: Int32Array): string => ops.wait(mem, 0, 0);
  const one = (mem: Int32Array): number => ops.notify(mem, 0, 1);
  const report = exploreAtomics(program({ words: 1, threads: [wait, wait, one] }), { all: true });
  expect(report.failures).toBe(0);
  expect(report.stuck).toBe(report.ends); // one notify can never end both waits
});

test("a timed wait may end by time, so it is never stuck", () => {
  const seen = new Set<unknown>();
  const timed = (mem: Int32Array): string => ops.wait(mem, 0, 0, 5);
  const p = program({
    words: 1,
    threads: [timed, waker(0)],
    check: ({ results }) => void seen.add(results[0]),
  });
  mustHold(exploreAtomics(p));
  expect([...seen].sort()).toEqual(["not-equal", "ok", "timed-out"]);
});

test("an armed wait keeps its thread alive until a notify, then runs its callback in a turn of its own", () => {
  const armed = (mem: Int32Array): string[] => {
    const log: string[] = [];
    const wait = ops.waitAsync!(mem, 0, 0);
    if (wait.async) wait.value.then(() => log.push("woken")).then(() => log.push(`saw ${ops.load(mem, 0)}`));
    else log.push(wait.value);
    log.push("returned");
    return log;
  };
  const seen = new Set<string>();
  const check: AtomicsProgram["check"] = ({ results }) => void seen.add(String(results[0]));
  mustHold(exploreAtomics(program({ words: 1, threads: [armed, waker(0)], check })));
  expect([...seen].sort()).toEqual(["not-equal,returned", "returned,woken,saw 1"]);

  const never = exploreAtomics(program({ words: 1, threads: [armed] }));
  expect(never.failure?.message).toContain("thread 0 in turn");
});

test("kill explores a death before every step, once", () => {
  const ends = new Set<string>();
  const two = (mem: Int32Array): void => {
    ops.store(mem, 0, 1);
    ops.store(mem, 1, 1);
  };
  const p = program({
    words: 2,
    threads: [two],
    check: ({ mem, dead }) => void ends.add(`${mem.join("")} ${dead[0]}`),
  });
  mustHold(exploreAtomics(p, { kill: true }));
  expect([...ends].sort()).toEqual(["00 true", "10 true", "11 false"]);
  expect(replayAtomics(p, "0 0k", { kill: true })).toBeNull();
});

test("a dead thread takes no wake-up with it", () => {
  const wait = (mem: Int32Array): void => {
    while (ops.load(mem, 0) === 0) ops.wait(mem, 0, 0);
  };
  mustHold(
    exploreAtomics(program({ words: 1, threads: [wait, wait, waker(0)], allowStuck: ({ dead }) => dead[2]! }), {
      kill: true,
    }),
  );
});

test("a spin with pause is finite, and stuck if nobody ever writes", () => {
  const spin = (mem: Int32Array): void => {
    while (ops.load(mem, 0) === 0) ops.pause();
  };
  mustHold(exploreAtomics(program({ words: 1, threads: [spin, spin, waker(0)] })));
  expect(exploreAtomics(program({ words: 1, threads: [spin] })).failure?.kind).toBe("stuck");
});

test("a spin without pause is refused", () => {
  const spin = (mem: Int32Array): void => {
    while (ops.load(mem, 0) === 0);
  };
  expect(() => exploreAtomics(program({ words: 1, threads: [spin] }))).toThrow("does it spin without pause");
});

test("an assertion inside a thread, a broken invariant and an access past the door are found", () => {
  const bad = (mem: Int32Array): void => {
    if (ops.exchange(mem, 0, 1) === 1) throw new Error("twice");
  };
  expect(exploreAtomics(program({ words: 1, threads: [bad, bad] })).failure).toMatchObject({
    kind: "thrown",
    message: "twice",
  });
  const invariant = (mem: Int32Array): void => expect(mem[0]).toBeLessThan(2);
  const add = (mem: Int32Array): void => void ops.add(mem, 0, 1);
  expect(exploreAtomics(program({ words: 1, threads: [add, add], invariant })).failure?.kind).toBe("invariant");
  const past = (mem: Int32Array): void => void (ops.load(mem, 0) + mem[0]!);
  expect(exploreAtomics(program({ words: 1, threads: [past] })).failure?.message).toContain("past the atomics door");
});

test("Peterson's lock holds, and does not when the turn is given away first", () => {
  const [turn, inside] = [2, 3];
  const peterson = (me: number, right: boolean) => (mem: Int32Array) => {
    if (right) {
      ops.store(mem, me, 1);
      ops.store(mem, turn, 1 - me);
    } else {
      ops.store(mem, turn, 1 - me);
      ops.store(mem, me, 1);
    }
    while (ops.load(mem, 1 - me) === 1 && ops.load(mem, turn) === 1 - me) ops.pause();
    if (ops.add(mem, inside, 1) !== 0) throw new Error("both inside");
    ops.sub(mem, inside, 1);
    ops.store(mem, me, 0);
  };
  mustHold(exploreAtomics(program({ words: 4, threads: [peterson(0, true), peterson(1, true)] })));
  const wrong = exploreAtomics(program({ words: 4, threads: [peterson(0, false), peterson(1, false)] }));
  expect(wrong.failure?.message).toBe("both inside");
});

test("the undertaker learns of each death once, and does not die or count as stuck", () => {
  const told = new Set<string>();
  const p = program({
    words: 1,
    threads: [(mem) => ops.store(mem, 0, 1), (mem) => ops.store(mem, 0, 2)],
    undertaker: (_mem, awaitDeath) => [awaitDeath()],
    check: ({ results, dead }) => void told.add(`${dead.indexOf(true)} ${results[2]}`),
  });
  expect(mustHold(exploreAtomics(p, { kill: true })).stuck).toBe(0);
  // Nobody died; somebody died and it was told; in between it may not have been told yet, but that is no end.
  expect([...told].sort()).toEqual(["-1 undefined", "0 0", "1 1"]);
});

test("a host without waitAsync can be modelled", () => {
  const asks = (): boolean => ops.waitAsync === null;
  const check: AtomicsProgram["check"] = ({ results }) => expect(results).toEqual([true]);
  mustHold(exploreAtomics(program({ words: 1, threads: [asks], check }), { noAsyncWait: true }));
});

test("a result is frozen: one check cannot spoil the next", () => {
  const p = program({
    words: 1,
    threads: [() => [1]],
    check: ({ results }) => void (results[0] as number[]).push(2),
  });
  expect(exploreAtomics(p).failure?.kind).toBe("check");
});
