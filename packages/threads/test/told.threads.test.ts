// Portables without handles, whose starter only hears of their ends; and portables of a program that is ending.

import { go, goroutines, type LeakReport, numGoroutine, run, sleep, ThreadLostError } from "@gr/core";
import { goTold, sched } from "@gr/core/internal";
import { type Arena, arenaStats } from "@gr/shm";
import { startThreads, type Threads } from "@gr/threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";

let threads: Threads;
beforeEach(async () => {
  threads = await startThreads({ procs: 2, mainRuns: false });
});
afterEach(() => threads.close());

class Count {
  n = 0;
  done(): void {
    this.n++;
  }
}

const tell = (told: Count, body: unknown, ...args: readonly unknown[]): boolean =>
  goTold(body as Parameters<typeof goTold>[0], args, told);

const usedBytes = (): number => arenaStats((sched.peers as unknown as { arena: Arena }).arena).cellBytes;

function* until(told: Count, n: number) {
  while (told.n < n) yield* sleep(1);
}

test("each end is told once, whatever the result holds, and nothing of it stays", async () => {
  const told = new Count();
  await run(function* () {
    for (let round = 0; round < 3; round++) {
      const before = usedBytes();
      for (let i = 0; i < 3000; i++) tell(told, t.echo, { text: `result ${i}`, list: [i, i + 1] });
      expect(numGoroutine()).toBe(3001);
      yield* until(told, 3000 * (round + 1));
      expect(numGoroutine()).toBe(1);
      // A result that stays is 64 bytes and more.
      if (round > 0) expect(usedBytes() - before).toBeLessThan(3000 * 8);
    }
  });
  expect(told.n).toBe(9000);
});

test("it is a goroutine of its program: counted, listed by name, a child of its starter, cancelled at the end (go#179)", async () => {
  const told = new Count();
  let listed: readonly unknown[] = [];
  let me = 0;
  const reports: LeakReport[] = [];
  const main = function* () {
    me = sched.m.curg?.id ?? 0;
    for (let i = 0; i < 5; i++) tell(told, t.unwinds);
    tell(told, t.add, 1, 2);
    yield* until(told, 1);
    while (goroutines().some((g) => g.status === "runnable")) yield* sleep(1);
    listed = goroutines().map(({ name, status, parent }) => [name, status, parent]);
    // Looked at, one is told of no differently.
    tell(told, t.add, 1, 2);
    yield* until(told, 2);
  };
  await run(main, { onLeak: (r) => void reports.push(r) });
  const running = Array.from({ length: 5 }, () => ["test:unwinds", "running", me]);
  expect(listed.slice(1)).toEqual(running);
  expect(told.n).toBe(7);
  // All were waited for, and nobody who is not there.
  expect(reports).toEqual([]);
});

test("a failure surfaces as one that nobody joins, and is told of", async () => {
  const told = new Count();
  const failed = run(function* () {
    tell(told, t.boom, "for nobody");
    yield* until(told, 1);
    yield* sleep(1000);
  });
  await expect(failed).rejects.toThrow("for nobody");
  expect(told.n).toBe(1);
});

test("one that goes with its thread is told of, and its loss ends the program", async () => {
  const told = new Count();
  const failed = run(function* () {
    tell(told, t.dies, 3);
    yield* until(told, 1);
    yield* sleep(1000);
  });
  await expect(failed).rejects.toBeInstanceOf(ThreadLostError);
  expect(told.n).toBe(1);
});

test("what a program that is ending starts has ended at once, is told to nobody, and leaves nothing behind", async () => {
  const told = new Count();
  let refused = 0;
  const before = usedBytes();
  const late = (body: unknown) => {
    for (let i = 0; i < 600; i++) {
      expect(go(t.add, i, 0).status).toBe("dead");
      if (!tell(told, body, i, 0)) refused++;
    }
  };
  await run(function* () {
    go(function* () {
      try {
        yield* sleep(1e9);
      } finally {
        late(t.add);
      }
    });
    yield* sleep(1);
  });
  expect([refused, told.n]).toEqual([600, 0]);
  expect(usedBytes() - before).toBeLessThan(600 * 64);
  await run(function* () {
    for (let i = 0; i < 300; i++) tell(told, t.add, i, 1);
    yield* until(told, 300);
  });
});
