// Handles of goroutines on other Ms, in one isolate: every order in which mail and messages can be read.

import { chan } from "@gr/chan";
import {
  CancelledError,
  type Coroutine,
  GoexitError,
  type Goroutine,
  go,
  goexit,
  sleep,
  ThreadLostError,
} from "@gr/core";
import { type G, make, runqput, sched, sideOf, tellEnd, type VirtualHost, withVirtualHost } from "@gr/core/internal";
import { type Choose, exploreSchedules, mustPass } from "@gr/explore";
import { type Arena, ArenaFullError, DataCloneError, markDead, moveWith } from "@gr/shm";
import { expect, test } from "vitest";
import * as rec from "../src/record-words.ts";
import { type Isle, World } from "./handles-world.ts";

interface Scene {
  readonly host: VirtualHost;
  readonly world: World;
  readonly home: Isle;
  readonly far: Isle;
  readonly third: Isle;
  /** Lets goroutines run, and mail be read, until nothing more comes of it. */
  readonly settle: () => void;
}

function scene(body: (s: Scene) => void): void {
  withVirtualHost((host: VirtualHost) => {
    const world = new World(3);
    const [home, far, third] = world.isles as [Isle, Isle, Isle];
    const settle = (): void => {
      host.settle();
      while (world.waiting.length > 0) {
        world.settle();
        host.settle();
      }
    };
    body({ host, world, home, far, third, settle });
  });
}

/** What a goroutine comes to that joins g: [value], or the error. */
function joining(g: Goroutine<unknown>): { readonly got: unknown[]; readonly by: Goroutine<void> } {
  const got: unknown[] = [];
  const by = go(function* joiner() {
    try {
      got.push([yield* g]);
    } catch (err) {
      got.push(err);
    }
  });
  return { got, by };
}

const parked = (): Goroutine<void> =>
  go(function* worker() {
    yield* sleep(1000);
  });

test("a handle arrives as one, with id, name and status; back home it is what it was, and twice it is one object", () =>
  scene(({ home, far, settle }) => {
    const g = parked();
    g.name = "wörker";
    const there = far.read(home.write({ g })) as unknown as { g: Goroutine<unknown> };
    expect(there.g).not.toBe(g);
    expect([there.g.id, there.g.name, there.g.status, String(there.g)]).toEqual([
      g.id,
      "wörker",
      "running",
      `goroutine ${g.id} (wörker)`,
    ]);
    settle();
    expect(far.read(home.write(g))).toBe(there.g);
    expect(home.read(far.write(there.g))).toBe(g);
    settle();
    expect(home.lent).toBe(1);
  }));

test("it is joined with the result, again and again, also after the end; the result is cloned once for all there", () =>
  scene(({ host, home, far, settle }) => {
    const g = go(function* () {
      yield* sleep(5);
      return { deep: [1] };
    });
    const there = far.read(home.write(g));
    const [one, two] = [joining(there), joining(there)];
    settle();
    expect([one.got, far.held]).toEqual([[], 1]);
    host.advance(5);
    settle();
    expect(one.got).toEqual([[{ deep: [1] }]]);
    const [[first], [second], [third]] = [one.got[0], two.got[0], joiningNow(host, there)] as [unknown][] as [
      [unknown],
      [unknown],
      [unknown],
    ];
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect([there.status, far.held]).toEqual(["dead", 0]);
    expect(home.read(far.write(there))).toBe(g);
  }));

function joiningNow(host: VirtualHost, g: Goroutine<unknown>): unknown {
  const { got } = joining(g);
  host.settle();
  return got[0];
}

test("whoever gets it after the end is told at once, joining or not", () =>
  scene(({ host, world, home, far, settle }) => {
    const g = go(() => 7);
    host.settle();
    const there = far.read(home.write(g));
    settle();
    expect(there.status).toBe("dead");
    expect(joiningNow(host, there)).toEqual([7]);
    far.collect(there);
    settle();
    expect([home.lent, world.left]).toEqual([0, 0]);
  }));

test("a failure, a cancellation with its reason, and goexit arrive as what they are", () =>
  scene(({ host, home, far, settle }) => {
    const bodies = [
      function* () {
        yield* sleep(1);
        throw new RangeError("no");
      },
      function* () {
        yield* sleep(1);
        yield* goexit();
      },
      function* () {
        yield* sleep(1000);
      },
    ];
    const gs = bodies.map((body) => go(body)) as Goroutine<unknown>[];
    const ends = gs.map((g) => joining(far.read(home.write(g))).got);
    settle();
    gs[2]?.cancel("enough");
    host.advance(1);
    settle();
    expect(ends.map(([end]) => (end as Error).constructor)).toEqual([RangeError, GoexitError, CancelledError]);
    expect(ends[2]?.[0]).toMatchObject({ cause: "enough" });
    expect(host.unhandledErrors).toEqual([]);
  }));

test("a result that cannot cross is an error with its path there, and a result at home", () =>
  scene(({ host, home, far, settle }) => {
    const value = { list: [() => 1] };
    const g = go(function* () {
      yield* sleep(1);
      return value;
    });
    const [there, here] = [joining(far.read(home.write(g))), joining(g)];
    host.advance(1);
    settle();
    expect(here.got).toEqual([[value]]);
    expect(there.got[0]).toBeInstanceOf(DataCloneError);
    expect(there.got[0]).toMatchObject({ path: "result.list[0]" });
  }));

test("cancelled from there it unwinds at home, with the reason, once", () =>
  scene(({ home, far, settle }) => {
    const reasons: unknown[] = [];
    const g = go(function* () {
      try {
        yield* sleep(1000);
      } finally {
        reasons.push(sideOf(sched.m.curg as G).reason);
      }
    });
    settle();
    const there = far.read(home.write(g));
    there.cancel("first");
    there.cancel("second");
    settle();
    expect([reasons, g.status, there.status]).toEqual([["first"], "dead", "dead"]);
    there.cancel("third");
  }));

test("a name that is given there is its name at home", () =>
  scene(({ home, far, settle }) => {
    const g = parked();
    const there = far.read(home.write(g));
    there.name = "other";
    settle();
    expect([g.name, there.name]).toEqual(["other", "other"]);
  }));

test("joined there, a failure is nobody's at home; not joined there, it surfaces", () => {
  for (const joins of [true, false])
    scene(({ host, home, far, settle }) => {
      const g = go(function* () {
        yield* sleep(1);
        throw new RangeError("no");
      });
      const there = far.read(home.write(g));
      if (joins) joining(there);
      settle();
      host.advance(1);
      settle();
      expect(host.unhandledErrors.map((err) => (err as Error).message)).toEqual(joins ? [] : ["no"]);
    });
});

test("who joined there and left has joined nothing; nor has who is only told of the end", () =>
  scene(({ host, home, far, settle }) => {
    const g = go(function* () {
      yield* sleep(1);
      throw new RangeError("no");
    });
    let told = 0;
    tellEnd(g as unknown as G, { done: () => void told++ });
    const { by } = joining(far.read(home.write(g)));
    settle();
    by.cancel();
    settle();
    expect([far.held, (g as unknown as G).joiners?.size]).toEqual([0, 1]);
    host.advance(1);
    settle();
    expect(told).toBe(1);
    expect(host.unhandledErrors).toHaveLength(1);
  }));

test("whoever has been given the handle and has not run since may join it still", () =>
  scene(({ host, home, far, settle }) => {
    const g = go(function* () {
      yield* sleep(1);
      throw new RangeError("no");
    });
    const message = home.write(g);
    host.advance(1);
    const { got } = joining(far.read(message));
    // Before that goroutine has its turn.
    home.deliver();
    far.deliver();
    settle();
    expect(got[0]).toBeInstanceOf(RangeError);
    expect(host.unhandledErrors).toEqual([]);
  }));

test("a failure whose handle is in a message that nobody reads surfaces after a second", () =>
  scene(({ host, home, settle }) => {
    const g = go(function* () {
      yield* sleep(1);
      throw new RangeError("no");
    });
    home.write(g);
    host.advance(1);
    settle();
    expect([host.unhandledErrors.length, home.held]).toEqual([0, 1]);
    host.advance(1000);
    settle();
    expect([host.unhandledErrors.length, home.held]).toEqual([1, 0]);
  }));

test("joined at home, late, it is taken", () =>
  scene(({ host, home, settle }) => {
    const g = go(function* () {
      yield* sleep(1);
      throw new RangeError("no");
    });
    home.write(g);
    host.advance(1);
    settle();
    expect(joiningNow(host, g)).toBeInstanceOf(RangeError);
    host.advance(1000);
    settle();
    expect(host.unhandledErrors).toEqual([]);
  }));

test("a failure waits for the answer of every thread that has the handle", () =>
  scene(({ host, home, far, third, settle }) => {
    const g = go(function* () {
      yield* sleep(1);
      throw new RangeError("no");
    });
    const [there, other] = [far.read(home.write(g)), third.read(home.write(g))];
    settle();
    host.advance(1);
    // Both will hear of it; the third has nobody who joins it.
    third.deliver();
    third.collect(other);
    while (home.inbox.length > 0) home.deliver();
    host.settle();
    const { got } = joining(there);
    settle();
    expect(got[0]).toBeInstanceOf(RangeError);
    expect([host.unhandledErrors, home.held]).toEqual([[], 0]);
  }));

test("one that arrives again before its finaliser has run keeps the goroutine at home", () =>
  scene(({ home, far, settle }) => {
    const g = parked();
    const finalise = far.lose(far.read(home.write(g)));
    const again = far.read(home.write(g));
    settle();
    finalise();
    settle();
    expect(home.lent).toBe(1);
    expect(far.read(home.write(g))).toBe(again);
    far.collect(again);
    settle();
    expect(home.lent).toBe(0);
  }));

test("the home's death ends who joins there with ThreadLostError, and who comes later", () =>
  scene(({ host, home, far, third, settle }) => {
    const g = parked();
    const message = home.write(g);
    const late = home.write(g);
    const there = far.read(message);
    const { got } = joining(there);
    settle();
    home.die();
    settle();
    expect(got[0]).toBeInstanceOf(ThreadLostError);
    expect(got[0]).toMatchObject({ message: `goroutine ${g.id} (worker) was lost: M0, which it belongs to, is gone` });
    expect([there.status, far.held]).toEqual(["dead", 0]);
    const other = third.read(late);
    expect(other.status).toBe("dead");
    expect(joiningNow(host, other)).toBeInstanceOf(ThreadLostError);
    // Its end is known here, so it is handed on from here.
    const again = third.read(far.write(far.read(far.write(there))));
    expect(again).toBe(other);
  }));

test("one that has ended is handed on by who knows its end, once its home is gone", () =>
  scene(({ host, home, far, third, settle }) => {
    const g = go(() => 7);
    host.settle();
    const there = far.read(home.write(g));
    settle();
    home.die();
    settle();
    const other = third.read(far.write(there));
    settle();
    expect(joiningNow(host, other)).toEqual([7]);
  }));

test("mail that finds no room is sent later", () =>
  scene(({ host, home, far, settle }) => {
    const g = go(function* () {
      yield* sleep(1);
      return "x".repeat(100);
    });
    const there = far.read(home.write(g));
    const { got } = joining(there);
    settle();
    const cells: number[] = [];
    const arena = arenaOf(home);
    const fill = (bytes: number): void => {
      try {
        for (;;) cells.push(arena.allocate(bytes));
      } catch {
        // full
      }
    };
    for (const bytes of [1 << 16, 1 << 14, 4096, 1024, 512, 256, 128, 64, 32, 16]) fill(bytes);
    host.advance(1);
    settle();
    // The thread stays for it, and no deadlock is judged.
    expect([got, home.held]).toEqual([[], 1]);
    for (const cell of cells) arena.free(cell);
    host.advance(10);
    settle();
    expect([got, home.held]).toEqual([[["x".repeat(100)]], 0]);
  }));

test("a cancellation that finds no room at home is tried again", () =>
  scene(({ host, home, far, settle }) => {
    const g = parked();
    const reasons: unknown[] = [];
    g.cancel = (reason) => {
      if (reasons.push(reason) === 1) throw new ArenaFullError(1, 1);
    };
    far.read(home.write(g)).cancel("enough");
    settle();
    host.advance(10);
    settle();
    expect([reasons, home.held]).toEqual([["enough", "enough"], 0]);
  }));

test("a value that cannot cross leaves no trace of the handles in it", () =>
  scene(({ world, home, far, third, settle }) => {
    const [one, two] = [parked(), parked()];
    const there = far.read(home.write(one));
    settle();
    expect(() => home.write([one, two, () => 1])).toThrow(DataCloneError);
    expect(() => far.write([there, two, there, () => 1])).toThrow(DataCloneError);
    settle();
    expect([home.lent, far.lent]).toEqual([1, 0]);
    far.collect(there);
    settle();
    expect([home.lent, third.lent, world.left]).toEqual([0, 0, 0]);
  }));

test("a result that is marked by transfer is copied for each thread, and stays whole at home", () =>
  scene(({ host, home, far, third, settle }) => {
    const buffer = new Uint8Array([1, 2]).buffer;
    const value = { buffer };
    const g = go(function* () {
      yield* sleep(1);
      moveWith(value, [buffer]);
      return value;
    });
    const joined = [far, third].map((isle) => joining(isle.read(home.write(g))));
    settle();
    host.advance(1);
    settle();
    for (const { got } of joined) expect(got).toEqual([[{ buffer: new Uint8Array([1, 2]).buffer }]]);
    expect(joiningNow(host, g)).toEqual([value]);
    expect(buffer.byteLength).toBe(2);
  }));

test("a reason without a text ends the join there, and mail goes on", () =>
  scene(({ host, home, far, settle }) => {
    const g = parked();
    const { got } = joining(far.read(home.write(g)));
    settle();
    g.cancel(Object.assign(Object.create(null), { f: () => {} }));
    settle();
    expect(got[0]).toBeInstanceOf(CancelledError);
    const next = far.read(home.write(go(() => 7)));
    host.settle();
    settle();
    expect(joiningNow(host, next)).toEqual([7]);
  }));

test("handed on after its home's death and before the notice of it, it is lost where it arrives", () =>
  scene(({ world, home, far, third, settle }) => {
    const there = far.read(home.write(parked()));
    settle();
    markDead(world.mem, 0);
    const other = third.read(far.write(there));
    const { got } = joining(other);
    settle();
    home.die();
    settle();
    expect(got[0]).toBeInstanceOf(ThreadLostError);
    expect([there.status, other.status, far.lent]).toEqual(["dead", "dead", 0]);
  }));

test("a portable's own handle leaves the one that is joined on its thread alone", () =>
  scene(({ host, world, home, far, settle }) => {
    const handle = go(function* standIn() {
      yield* sleep(1);
      return 7;
    });
    const { got } = joining(far.read(home.write(handle)));
    settle();
    // What runs on `far` for it, and names itself.
    const g = make((handle as unknown as G).id, function* () {}, [], sched.ambient);
    givenRecord(world, far, g, 3);
    home.record = (at) => (at === 3 ? (handle as unknown as G) : null);
    home.drop(far.write(g));
    settle();
    host.advance(1);
    settle();
    expect(got).toEqual([[7]]);
  }));

const arenaOf = ({ handles }: Isle): Arena => (handles as unknown as { peers: { arena: Arena } }).peers.arena;

/** As if g ran on `isle` for a record whose handle is at place `at` of M 0. */
function givenRecord({ mem }: World, isle: Isle, g: G, at: number): number {
  const record = arenaOf(isle).allocate(64);
  mem[record + rec.HOME] = 0;
  mem[record + rec.HOME_AT] = at;
  (sideOf(g) as { record?: number }).record = record;
  return record;
}

// Orders.

/** What each M does, in its order; a step may wait for something. */
type Step = (() => void) & { readonly when?: () => boolean };
const once = (when: () => boolean, step: () => void): Step => Object.assign(() => step(), { when });

/** Every order of the Ms' steps and of the mail they read. */
function everyOrder(make: (s: Scene) => { steps: Step[][]; check: () => void }): number {
  const body = (choose: Choose): void =>
    scene((s) => {
      const { steps, check } = make(s);
      for (;;) {
        const ways: (() => void)[] = s.world.waiting.map((isle) => () => isle.deliver());
        for (const list of steps) {
          const [next] = list;
          if (next === undefined || next.when?.() === false) continue;
          ways.push(() => {
            list.shift();
            next();
          });
        }
        if (ways.length === 0) break;
        (ways[ways.length === 1 ? 0 : choose(ways.length)] as () => void)();
        s.host.settle();
      }
      expect(steps.flat()).toEqual([]);
      check();
    });
  const report = mustPass(exploreSchedules(body, { max: 60_000 }));
  expect(report.complete).toBe(true);
  return report.runs;
}

test("orders: passed on to a third M and released, while it is joined there and ends", () => {
  const runs = everyOrder(({ home, far, third, world }) => {
    const letters: number[] = [];
    const gate = chan<void>(1);
    const g = go(function* () {
      yield* gate.recv();
      return "done";
    });
    const messages = { far: 0, third: 0 };
    messages.far = home.write(g);
    let there: Goroutine<unknown>;
    let other: Goroutine<unknown> | undefined;
    let got: unknown[] = [];
    return {
      steps: [
        [() => gate.trySend()],
        [
          () => (there = far.read(messages.far)),
          () => {
            messages.third = far.write(there);
            letters.push(messages.third);
          },
          () => far.collect(there),
        ],
        [
          once(
            () => letters.length > 0,
            () => {
              other = third.read(messages.third);
              got = joining(other).got;
            },
          ),
        ],
      ],
      check: () => {
        expect(got).toEqual([["done"]]);
        expect([far.held, third.held, home.lent]).toEqual([0, 0, 1]);
        third.collect(other as Goroutine<unknown>);
        world.settle();
        expect([home.lent, world.left]).toEqual([0, 0]);
      },
    };
  });
  expect(runs).toBeGreaterThan(100);
});

test("orders: it comes home before the mail that says so, and is thrown away elsewhere", () => {
  const runs = everyOrder(({ home, far, third, world }) => {
    const letters: number[] = [];
    const g = parked();
    const message = home.write(g);
    let there: Goroutine<unknown>;
    return {
      steps: [
        [
          () => (there = far.read(message)),
          () => letters.push(far.write(there)),
          () => letters.push(far.write(there)),
          () => far.collect(there),
        ],
        [
          once(
            () => letters.length > 0,
            () => expect(home.read(letters[0] as number)).toBe(g),
          ),
        ],
        [
          once(
            () => letters.length > 1,
            () => third.drop(letters[1] as number),
          ),
        ],
      ],
      check: () => expect([home.lent, world.left]).toEqual([0, 0]),
    };
  });
  expect(runs).toBeGreaterThan(100);
});

test("orders: a failure whose joiner there leaves is joined or surfaces, and not both", () => {
  const seen = new Set<string>();
  everyOrder(({ host, home, far, settle }) => {
    const gate = chan<void>(1);
    const g = go(function* () {
      yield* gate.recv();
      throw new RangeError("no");
    });
    const there = far.read(home.write(g));
    const { got, by } = joining(there);
    // Home knows that it is joined there.
    settle();
    return {
      steps: [[() => gate.trySend()], [() => by.cancel()]],
      check: () => {
        const joined = got[0] instanceof RangeError;
        const surfaced = host.unhandledErrors.length;
        expect(surfaced).toBe(joined ? 0 : 1);
        seen.add(joined ? "joined" : "surfaced");
        expect(far.held).toBe(0);
      },
    };
  });
  expect([...seen].sort()).toEqual(["joined", "surfaced"]);
});

test("orders: a failure while the handle is on its way is the receiver's, if it joins; thrown away, it surfaces", () => {
  for (const reads of [true, false])
    everyOrder(({ host, home, far }) => {
      const gate = chan<void>(1);
      const g = go(function* () {
        yield* gate.recv();
        throw new RangeError("no");
      });
      const message = home.write(g);
      let got: unknown[] = [];
      return {
        steps: [
          [() => gate.trySend()],
          [
            () => {
              if (reads) got = joining(far.read(message)).got;
              else far.drop(message);
            },
          ],
        ],
        check: () => {
          expect(got[0] instanceof RangeError).toBe(reads);
          expect(host.unhandledErrors).toHaveLength(reads ? 0 : 1);
          expect([home.held, far.held]).toEqual([0, 0]);
        },
      };
    });
});

test("orders: a local joiner's failure does not surface because another one elsewhere has left", () => {
  everyOrder(({ host, home, far, settle }) => {
    const gate = chan<void>(1);
    const g = go(function* () {
      yield* gate.recv();
      throw new RangeError("no");
    });
    const there = far.read(home.write(g));
    const { by } = joining(there);
    const here = joining(g);
    // Home knows that it is joined there.
    settle();
    return {
      steps: [[() => gate.trySend()], [() => by.cancel()]],
      check: () => {
        expect(here.got[0]).toBeInstanceOf(RangeError);
        expect(host.unhandledErrors).toEqual([]);
      },
    };
  });
});

test("orders: the death of an M that has the handle, joins it, and hands it on leaves nothing at home", () => {
  const runs = everyOrder(({ home, far, third, world }) => {
    const letters: number[] = [];
    const gate = chan<void>(1);
    const g = go(function* () {
      yield* gate.recv();
      return "done";
    });
    const message = home.write(g);
    let there: Goroutine<unknown>;
    let other: Goroutine<unknown> | undefined;
    let got: unknown[] = [];
    return {
      steps: [
        [
          () => (there = far.read(message)),
          () => {
            letters.push(far.write(there));
            joining(there);
          },
          () => far.die(),
        ],
        [
          once(
            () => letters.length > 0,
            () => {
              other = third.read(letters[0] as number);
              got = joining(other).got;
            },
          ),
          () => gate.trySend(),
        ],
      ],
      check: () => {
        expect(got).toEqual([["done"]]);
        third.collect(other as Goroutine<unknown>);
        world.settle();
        expect(home.lent).toBe(0);
      },
    };
  });
  expect(runs).toBeGreaterThan(100);
});

test("orders: home dies while it is asked: who joins gets the result or ThreadLostError, and nobody hangs", () => {
  const seen = new Set<string>();
  everyOrder(({ home, far, third }) => {
    const letters: number[] = [];
    const gate = chan<void>(1);
    const g = go(function* () {
      yield* gate.recv();
      return "done";
    });
    const message = home.write(g);
    let there: Goroutine<unknown>;
    const ends: unknown[][] = [];
    return {
      steps: [
        [() => home.dead || gate.trySend(), () => home.die()],
        [
          () => {
            there = far.read(message);
            ends.push(joining(there).got);
            letters.push(far.write(there));
          },
        ],
        [
          once(
            () => letters.length > 0,
            () => ends.push(joining(third.read(letters[0] as number)).got),
          ),
        ],
      ],
      check: () => {
        for (const [came] of ends) seen.add(came instanceof ThreadLostError ? "lost" : String(came));
        expect([far.held, third.held]).toEqual([0, 0]);
      },
    };
  });
  expect([...seen].sort()).toEqual(["done", "lost"]);
});

test("orders: a portable that hands out current() is named by the M that started it", () => {
  const runs = everyOrder(({ home, far, third, world }) => {
    const letters: number[] = [];
    const [gate, homeGate] = [chan<void>(1), chan<void>(1)];
    // What runs on `far`, and what stands for it at home.
    const g = go(function* portable() {
      yield* gate.recv();
      return "done";
    }) as unknown as G;
    const standIn = function* standIn(): Coroutine<string> {
      yield* homeGate.recv();
      return "done";
    };
    const handle = make(g.id, standIn, [], sched.ambient);
    runqput(handle, false);
    const record = givenRecord(world, far, g, 3);
    let over = false;
    home.record = (at, r) => (!over && at === 3 && r === record ? handle : null);
    let got: unknown[] = [];
    let other: Goroutine<unknown> | undefined;
    let there: Goroutine<unknown> | undefined;
    return {
      steps: [
        [
          () => letters.push(far.write(g), far.write(g)),
          () => {
            there = far.read(far.write(g));
            expect([there === (g as unknown), far.read(far.write(there)) === there]).toEqual([false, true]);
            gate.trySend();
            home.inbox.push(() => {
              over = true;
              homeGate.trySend();
            });
          },
        ],
        [
          once(
            () => letters.length > 0,
            () => expect(home.read(letters[0] as number)).toBe(handle),
          ),
        ],
        [
          once(
            () => letters.length > 0,
            () => {
              other = third.read(letters[1] as number);
              got = joining(other).got;
            },
          ),
        ],
      ],
      check: () => {
        expect(got).toEqual([["done"]]);
        third.collect(other as Goroutine<unknown>);
        far.collect(there as Goroutine<unknown>);
        world.settle();
        expect(home.lent).toBe(0);
      },
    };
  });
  expect(runs).toBeGreaterThan(100);
});
