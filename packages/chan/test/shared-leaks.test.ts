// Goroutines that wait on a shared channel which no other thread can reach: found as leaked, as on one thread.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Chan, chan, select } from "@gr/chan";
import { type Coroutine, go, type LeakReport, run, until } from "@gr/core";
import { type VirtualHost, withVirtualHost } from "@gr/core/internal";
import { bury, markDead } from "@gr/shm";
import { expect, test } from "vitest";
import type { LocalChan } from "../src/chan.ts";
import { sharedChans } from "../src/shared-refs.ts";
import { addressOf, join, share, type World } from "./shared-world.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;
const immediate = (): Promise<void> => new Promise((done) => setImmediate(done));

interface Scene {
  readonly world: World;
  readonly reports: LeakReport[];
  /** Seconds pass, and the engine collects, until `enough`. */
  readonly wait: (enough: () => boolean) => Promise<void>;
}

function shared<T>(world: World, cap = 0): Chan<T> {
  const c = chan<T>(cap);
  share(world, c);
  return c;
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

test("a receiver, a sender and a select at channels that only they can reach are reported, and leave no cell", async () => {
  let before = 0;
  await scene(
    (world) => {
      before = world.cellBytes();
      go(function* receiver() {
        yield* shared<number>(world).recv();
      });
      go(function* sender() {
        yield* shared<string>(world).send("too long to be kept in a slot, so it has cells of its own".repeat(9));
      });
      go(function* both() {
        yield* select({ a: shared<number>(world).recv(), b: shared<number>(world).send(1) });
      });
    },
    async ({ world, reports, wait }) => {
      await wait(() => leaked(reports).length === 3 && world.cellBytes() === before);
      expect(leaked(reports)).toEqual(["both: select", "receiver: chan receive", "sender: chan send"]);
      expect([world.cellBytes() - before, world.iso.waiters.waiting, world.held()]).toEqual([0, 0, 0]);
    },
  );
});

test.each(["lets go", "dies"])(
  "while another thread has the channel, its waiters stay; once that one %s, they are found",
  async (how) => {
    let c: WeakRef<Chan<number>> | undefined;
    await scene(
      (world) => {
        const made = shared<number>(world);
        c = new WeakRef(made);
        world.other.hold(made);
        go(function* waits() {
          yield* made.recv();
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
        else world.other.letGo(c?.deref());
        await wait(() => leaked(reports).length === 1 && world.iso.waiters.waiting === 0);
        expect(leaked(reports)).toEqual(["waits: chan receive"]);
        expect([world.iso.waiters.waiting, world.held()]).toEqual([0, 0]);
      },
    );
  },
);

test("a waiter that somebody here can still wake is woken, and counts again once the channel is sent away", async () => {
  const got: unknown[] = [];
  let c = undefined as unknown as Chan<number>;
  await scene(
    (world) => {
      c = shared<number>(world);
      for (let i = 0; i < 3; i++)
        go(function* waits() {
          got.push(yield* c.recv());
        });
    },
    async ({ world, reports, wait }) => {
      await wait(() => world.iso.waiters.waiting === 3 && world.held() === 0);
      expect(c.trySend(7)).toBe(true);
      await wait(() => got.length === 1);
      const message = world.codec.encode(c);
      expect([world.iso.waiters.waiting, world.held()]).toEqual([2, 2]);
      expect(world.other.trySend(c, 8)).toBe(true);
      await wait(() => got.length === 2);
      world.codec.drop(message);
      await wait(() => world.held() === 0);
      c.close();
      await wait(() => got.length === 3);
      expect([got, reports]).toEqual([[7, 8, undefined], []]);
      expect([world.iso.waiters.waiting, world.held()]).toEqual([0, 0]);
    },
  );
});

test("a waiter that another thread has won already is not let go of: its mail is on its way", async () => {
  const got: unknown[] = [];
  let c = undefined as unknown as Chan<number>;
  await scene(
    (world) => {
      c = shared<number>(world);
      world.other.hold(c);
      go(function* waits() {
        got.push(yield* c.recv());
      });
    },
    async ({ world, wait }) => {
      await wait(() => world.held() === 1);
      expect(world.other.trySend(c, 7)).toBe(true);
      world.other.letGo(c);
      sharedChans().loosen(c as unknown as LocalChan<unknown>, addressOf(c));
      expect(world.held()).toBe(1);
      await wait(() => got.length === 1);
      expect([got, world.held()]).toEqual([[7], 0]);
    },
  );
});
