// Goroutines that wait at a shared mutex or wait group which no other thread can reach: found as leaked, as on one thread.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { chan, select } from "@gr/chan";
import { type Coroutine, go, type LeakReport, run, until } from "@gr/core";
import { type VirtualHost, withVirtualHost } from "@gr/core/internal";
import { bury, markDead } from "@gr/shm";
import { expect, test } from "vitest";
import { Mutex, WaitGroup } from "../src/index.ts";
import { join, refsOf, share, type World } from "./shared-world.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;
const immediate = (): Promise<void> => new Promise((done) => setImmediate(done));

interface Scene {
  readonly world: World;
  readonly reports: LeakReport[];
  /** Seconds pass, and the engine collects, until `enough`. */
  readonly wait: (enough: () => boolean) => Promise<void>;
}

/** A mutex that is held by nobody who can release it. */
function lockedMutex(world: World): Mutex {
  const mu = new Mutex();
  share(world, mu);
  mu.tryLock();
  return mu;
}

function busyGroup(world: World): WaitGroup {
  const wg = new WaitGroup();
  share(world, wg);
  wg.add(1);
  return wg;
}

/** A program whose main goroutine begins with `body`, and then waits for ever. */
async function scene(body: (world: World) => void, then: (s: Scene) => Promise<void>): Promise<void> {
  await withVirtualHost(async (host: VirtualHost) => {
    const world = join();
    const reports: LeakReport[] = [];
    let end = (): void => {};
    const ended = run(
      function* (): Coroutine<void> {
        body(world);
        yield* until(new Promise<void>((done) => (end = done)));
      },
      { onLeak: (r) => void reports.push(r), deadlock: "off" },
    );
    const wait = async (enough: () => boolean): Promise<void> => {
      while (!enough()) {
        gc();
        await immediate();
        await host.settleAll();
        host.advance(1000);
        await host.settleAll();
      }
    };
    try {
      await then({ world, reports, wait });
    } finally {
      end();
      await host.settleAll();
      await ended;
      world.leave();
    }
  });
}

const leaked = (reports: readonly LeakReport[]): string[] =>
  reports.flatMap((r) => r.goroutines.map((g) => `${g.name}: ${g.waitReason}`)).sort();

test("whoever waits at a mutex, a group or both that only it can reach is reported, and leaves no cell", async () => {
  let before = 0;
  await scene(
    (world) => {
      before = world.cellBytes();
      go(function* locker() {
        yield* lockedMutex(world).lock();
      });
      go(function* waiter() {
        yield* busyGroup(world).wait();
      });
      go(function* both() {
        yield* select({ mu: lockedMutex(world).lock(), wg: busyGroup(world).wait() });
      });
    },
    async ({ world, reports, wait }) => {
      await wait(() => leaked(reports).length === 3 && world.cellBytes() === before);
      expect(leaked(reports)).toEqual(["both: select", "locker: sync.Mutex.Lock", "waiter: sync.WaitGroup.Wait"]);
      expect([world.cellBytes() - before, world.iso.waiters.waiting, world.held()]).toEqual([0, 0, 0]);
    },
  );
});

test.each([
  ["mutex", "lets go"],
  ["mutex", "dies"],
  ["group", "lets go"],
  ["group", "dies"],
])("while another thread has the %s, its waiters stay; once that one %s, they are found", async (what, how) => {
  let x: WeakRef<Mutex | WaitGroup> | undefined;
  await scene(
    (world) => {
      const made = what === "mutex" ? lockedMutex(world) : busyGroup(world);
      x = new WeakRef(made);
      world.other.hold(made);
      go(function* waits() {
        yield* made instanceof Mutex ? made.lock() : made.wait();
      });
      // Once this one is found, the other has been looked at too.
      go(function* control() {
        yield* chan().recv();
      });
    },
    async ({ world, reports, wait }) => {
      await wait(() => reports.length > 0);
      expect(leaked(reports.splice(0))).toEqual(["control: chan receive"]);
      expect([world.iso.waiters.waiting, world.held()]).toEqual([1, 1]);
      if (how === "dies") bury(1, markDead(world.iso.mem, 1));
      else world.other.letGo(x?.deref() as Mutex);
      await wait(() => leaked(reports).length === 1 && world.iso.waiters.waiting === 0);
      expect(leaked(reports)[0]).toMatch(/^waits: sync/);
      expect([world.iso.waiters.waiting, world.held()]).toEqual([0, 0]);
    },
  );
});

test("waiters that somebody here can still serve are served, and count again once the mutex is sent away", async () => {
  const got: number[] = [];
  let mu = undefined as unknown as Mutex;
  await scene(
    (world) => {
      mu = new Mutex();
      share(world, mu);
      const lock = mu.tryLock();
      for (let i = 0; i < 3; i++)
        go(function* waits() {
          const mine = yield* mu.lock();
          got.push(i);
          if (got.length < 3) yield* until(new Promise<void>((done) => void steps.push(done)));
          mine.release();
        });
      steps.push(() => lock?.release());
    },
    async ({ world, reports, wait }) => {
      await wait(() => world.iso.waiters.waiting === 3 && world.held() === 0);
      steps.shift()?.();
      await wait(() => got.length === 1);
      const message = world.codec.encode(mu);
      expect([world.iso.waiters.waiting, world.held()]).toEqual([2, 2]);
      steps.shift()?.();
      await wait(() => got.length === 2);
      world.codec.drop(message);
      steps.shift()?.();
      await wait(() => got.length === 3);
      // The newest goroutine runs first (go#4), and so came first.
      expect([got, reports]).toEqual([[2, 0, 1], []]);
      expect([world.iso.waiters.waiting, world.held()]).toEqual([0, 0]);
    },
  );
});
const steps: (() => void)[] = [];

test("what a dead thread held is dropped once, and what it died inside of stays", () => {
  const world = join();
  try {
    const [mu, wg] = [new Mutex(), new WaitGroup()];
    for (const x of [mu, wg]) {
      share(world, x);
      world.other.hold(x);
      expect(refsOf(world, x)).toBe(2);
    }
    world.other.dieInside(wg);
    const place = markDead(world.iso.mem, 1);
    bury(1, place);
    bury(1, place);
    expect([refsOf(world, mu), refsOf(world, wg)]).toEqual([1, 2]);
  } finally {
    world.leave();
  }
});
