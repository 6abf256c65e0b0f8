import { expect, test } from "vitest";
import { ops } from "../src/atomics.ts";
import { Parker, unpark } from "../src/parker.ts";
import { holds } from "./model.ts";

const WORK = 0;
const PARK = 1;
/** Stands for a message port: a ping adds one, and its owner's event loop sees it. */
const PORT = 2;
const names = { [WORK]: "WORK", [PARK]: "PARK", [PORT]: "PORT" };

const submit = (mem: Int32Array): void => {
  ops.add(mem, WORK, 1);
  unpark(mem, PARK);
};

const takeAll = (mem: Int32Array): number => ops.exchange(mem, WORK, 0);
const counted = (n: number) => ({
  words: 3,
  names,
  check: ({ mem }: { mem: Int32Array }) => expect(mem[WORK]).toBe(n),
});

/** Blocks until it has taken n units. */
const blocking =
  (n: number, timeoutMs = Infinity) =>
  (mem: Int32Array) => {
    const parker = new Parker(mem, PARK);
    let timeouts = 0;
    for (let taken = takeAll(mem); taken < n; taken += takeAll(mem)) {
      if (!parker.park(timeoutMs) && ++timeouts === 2) return;
    }
  };

/** Goes back to its event loop until it has taken n units. */
const armed = (n: number) => (mem: Int32Array) => {
  const parker = new Parker(mem, PARK);
  let taken = 0;
  const work = (): void => {
    do {
      taken += takeAll(mem);
      if (taken === n) return;
    } while (!parker.arm(work));
  };
  work();
};

test("a parked thread is never slept through: one submitter of two", () => {
  holds({
    ...counted(0),
    threads: [
      blocking(2),
      (mem) => {
        submit(mem);
        submit(mem);
      },
    ],
  });
});

test("a parked thread is never slept through: two submitters", () => {
  holds({ ...counted(0), threads: [blocking(2), submit, submit] });
});

test("an armed thread is never slept through: one submitter of two", () => {
  holds({
    ...counted(0),
    threads: [
      armed(2),
      (mem) => {
        submit(mem);
        submit(mem);
      },
    ],
  });
});

test("an armed thread is never slept through: two submitters", () => {
  holds({ ...counted(0), threads: [armed(2), submit, submit] });
});

test("a thread that parks, then arms, mixes up no tokens", () => {
  holds({
    ...counted(0),
    threads: [
      (mem) => {
        blocking(1)(mem);
        armed(1)(mem);
      },
      (mem) => {
        submit(mem);
        // The second comes when the first is taken, so that each sleep has one to wait for.
        while (ops.load(mem, WORK) !== 0) ops.pause();
        submit(mem);
      },
    ],
  });
});

test("a park that times out takes a token that came meanwhile, and leaves none behind", () => {
  const seen = new Set<string>();
  const sleeper = (mem: Int32Array) => {
    const parker = new Parker(mem, PARK);
    const first = parker.park(1);
    return [first, takeAll(mem) === 1, parker.tryTake()];
  };
  holds({
    words: 3,
    names,
    threads: [sleeper, submit],
    check: ({ mem, results }) => {
      const [woken, took, later] = results[0] as boolean[];
      seen.add(String(woken));
      if (woken) {
        expect(took).toBe(true);
        expect(later).toBe(false);
        expect(mem[PARK]).toBe(0);
      } else if (!later) {
        expect(mem[PARK]).toBe(1);
      }
    },
  });
  expect(seen).toEqual(new Set(["true", "false"]));
});

test("a notify that comes late, after a timeout, does not end the next sleep without a token", () => {
  holds({ words: 3, names, threads: [blocking(2, 1), submit, submit] });
});

test("arming again while armed replaces the callback and waits once", () => {
  holds({
    words: 3,
    names,
    threads: [
      (mem) => {
        const parker = new Parker(mem, PARK);
        const log: string[] = [];
        if (!parker.arm(() => log.push("old"))) return ["token"];
        parker.arm(() => log.push(`new ${takeAll(mem)}`));
        return log;
      },
      submit,
    ],
    check: ({ results }) => expect([["token"], ["new 1"]]).toContainEqual(results[0]),
  });
});

test("a token taken by a look while armed is followed by the callback", () => {
  holds({
    words: 3,
    names,
    threads: [
      (mem) => {
        const parker = new Parker(mem, PARK);
        const log: string[] = [];
        if (!parker.arm(() => log.push("called"))) return ["called"];
        parker.tryTake();
        return log;
      },
      submit,
    ],
    check: ({ results }) => expect(results[0]).toEqual(["called"]),
  });
});

test("without waitAsync a ping wakes the owner", () => {
  const ping = (mem: Int32Array): void => {
    ops.add(mem, PORT, 1);
    ops.notify(mem, PORT);
  };
  const submitPinging = (mem: Int32Array): void => {
    ops.add(mem, WORK, 1);
    unpark(mem, PARK, () => ping(mem));
  };
  // The owner's event loop: whatever the port delivers goes to pinged().
  const owner = (n: number) => (mem: Int32Array) => {
    const portDoor = ops.waitAsync!;
    const parker = new Parker(mem, PARK);
    let taken = 0;
    let heard = 0;
    const work = (): void => {
      do {
        taken += takeAll(mem);
        if (taken === n) return;
      } while (!arm());
    };
    const arm = (): boolean => {
      const door = ops as { waitAsync: typeof portDoor | null };
      door.waitAsync = null;
      const armedNow = parker.arm(work);
      door.waitAsync = portDoor;
      return armedNow;
    };
    const listen = (): void => {
      for (;;) {
        const wait = portDoor(mem, PORT, heard);
        if (wait.async) {
          wait.value.then(onMessage);
          return;
        }
        deliver();
      }
    };
    const deliver = (): void => {
      heard = ops.load(mem, PORT);
      parker.pinged();
    };
    const onMessage = (): void => {
      deliver();
      if (taken < n) listen();
    };
    work();
    if (taken < n) listen();
  };
  holds({ ...counted(0), threads: [owner(1), submitPinging], allowStuck: ({ mem }) => mem[WORK] === 0 });
  holds({ ...counted(0), threads: [owner(2), submitPinging, submitPinging], allowStuck: ({ mem }) => mem[WORK] === 0 });
});

test("an arm that is refused or calls back has taken the token", () => {
  const outcomes = new Set<unknown>();
  holds({
    words: 3,
    names,
    threads: [
      (mem) => {
        const parker = new Parker(mem, PARK);
        const log: unknown[] = [];
        const look = (): void => void log.push(takeAll(mem), parker.tryTake());
        if (!parker.arm(look)) look();
        return log;
      },
      submit,
    ],
    check: ({ mem, results }) => {
      expect(results[0]).toEqual([1, false]);
      expect(mem[PARK]).toBe(0);
      outcomes.add(results[0]);
    },
  });
  expect(outcomes.size).toBeGreaterThan(1);
});
