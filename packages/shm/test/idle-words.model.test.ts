import { exploreAtomics } from "@gr/explore";
import { expect, test } from "vitest";
import { ops, setAtomics } from "../src/atomics.ts";
import { announceIdle, claimIdle, countIdle, retractIdle } from "../src/idle-words.ts";
import { Parker, unpark } from "../src/parker.ts";
import { holds } from "./model.ts";

const PENDING = 0;
const IDLE = 1;
const PARK = 2;
const THREADS = 2;
const words = PARK + THREADS;
const names = { [PENDING]: "PENDING", [IDLE]: "IDLE", [PARK]: "PARK0", [PARK + 1]: "PARK1" };

function tryTake(mem: Int32Array): boolean {
  for (;;) {
    const seen = ops.load(mem, PENDING);
    if (seen === 0) return false;
    if (ops.compareExchange(mem, PENDING, seen, seen - 1) === seen) return true;
  }
}

function wakeOne(mem: Int32Array): void {
  const m = claimIdle(mem, IDLE, THREADS);
  if (m >= 0) unpark(mem, PARK + m);
}

function submit(mem: Int32Array): void {
  ops.add(mem, PENDING, 1);
  wakeOne(mem);
}

/** Takes one unit; sleeps while there is none. */
const taker = (m: number) => (mem: Int32Array) => {
  const parker = new Parker(mem, PARK + m);
  for (;;) {
    if (tryTake(mem)) return;
    announceIdle(mem, IDLE, m);
    if (tryTake(mem)) {
      if (!retractIdle(mem, IDLE, m)) wakeOne(mem);
      return;
    }
    parker.park();
  }
};

/** The same, going back to the event loop instead of blocking. */
const armedTaker = (m: number) => (mem: Int32Array) => {
  const parker = new Parker(mem, PARK + m);
  const work = (): void => {
    do {
      if (tryTake(mem)) return;
      announceIdle(mem, IDLE, m);
      if (tryTake(mem)) {
        if (!retractIdle(mem, IDLE, m)) wakeOne(mem);
        return;
      }
    } while (!parker.arm(work));
  };
  work();
};

const program = (threads: ((mem: Int32Array) => void)[]) => ({
  words,
  names,
  threads,
  check: ({ mem }: { mem: Int32Array }) => {
    expect(mem[PENDING]).toBe(0);
    expect(countIdle(mem, IDLE, THREADS)).toBe(0);
  },
});

test("never slept through: one taker, one submit", () => {
  holds(program([taker(0), submit]));
  holds(program([armedTaker(0), submit]));
});

test("never slept through: two takers, one thread that submits twice", () => {
  const twice = (mem: Int32Array): void => {
    submit(mem);
    submit(mem);
  };
  holds(program([taker(0), taker(1), twice]));
});

test("never slept through: two takers, two threads that submit", () => {
  expect(holds(program([taker(0), taker(1), submit, submit])).states).toBeGreaterThan(10_000);
});

test("never slept through: a blocking and an armed taker", () => {
  holds(program([taker(0), armedTaker(1), submit, submit]));
});

test("a thread is claimed once", () => {
  holds({
    words,
    names,
    init: (mem) => {
      announceIdle(mem, IDLE, 0);
      announceIdle(mem, IDLE, 1);
    },
    threads: [0, 1, 2].map(() => (mem: Int32Array) => claimIdle(mem, IDLE, THREADS)),
    check: ({ results }) => expect((results as number[]).slice().sort()).toEqual([-1, 0, 1]),
  });
});

test("a claim and a retraction agree on who unparks", () => {
  holds({
    words,
    names,
    init: (mem) => announceIdle(mem, IDLE, 1),
    threads: [(mem) => retractIdle(mem, IDLE, 1), (mem) => claimIdle(mem, IDLE, THREADS)],
    check: ({ results }) => expect(results[0]).toBe(results[1] === -1),
  });
});

test("threads beyond the thirty-second have their bits in further words", () => {
  const mem = new Int32Array(8);
  for (const m of [0, 31, 32, 63, 95]) announceIdle(mem, IDLE, m);
  expect(countIdle(mem, IDLE, 96)).toBe(5);
  expect([0, 0, 0, 0, 0, 0].map(() => claimIdle(mem, IDLE, 96))).toEqual([0, 31, 32, 63, 95, -1]);
});

type Flaw = "no second look" | "looks, then announces" | "keeps a wake that was meant for another unit";

/** The taker with one mistake: what the idle protocol forbids must be what the explorer finds. */
const flawedTaker = (m: number, flaw: Flaw) => (mem: Int32Array) => {
  const parker = new Parker(mem, PARK + m);
  for (;;) {
    if (tryTake(mem)) return;
    if (flaw === "looks, then announces" && tryTake(mem)) return;
    announceIdle(mem, IDLE, m);
    if (flaw === "keeps a wake that was meant for another unit" && tryTake(mem)) {
      retractIdle(mem, IDLE, m);
      return;
    }
    parker.park();
  }
};

test.each<Flaw>(["no second look", "looks, then announces", "keeps a wake that was meant for another unit"])(
  "a taker that is wrong is found: %s",
  (flaw) => {
    const threads = [flawedTaker(0, flaw), flawedTaker(1, flaw), submit, submit];
    const report = exploreAtomics({ words, names, threads, install: setAtomics });
    expect(report.failure?.kind).toBe("stuck");
  },
);
