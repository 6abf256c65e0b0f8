// The end of a program of which something is left on threads that main never dealt with.

import { go, type LeakReport, run, sleep } from "@gr/core";
import { startThreads, type Threads } from "@gr/threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";

let threads: Threads;
beforeEach(async () => {
  threads = await startThreads({ procs: 2, mainRuns: false });
});
afterEach(() => threads.close());

test("run waits until what a goroutine elsewhere has left behind has unwound, there and on a third thread", async () => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const reports: LeakReport[] = [];
  await run(
    function* () {
      yield* go(t.leavesTwo, words, 30);
    },
    { onLeak: (r) => void reports.push(r) },
  );
  expect([...words]).toEqual([2, 2]);
  expect(reports).toEqual([]);
});

test("run names what cannot be unwound elsewhere", async () => {
  const reports: LeakReport[] = [];
  await run(
    function* () {
      yield* go(t.leavesAsync);
    },
    { onLeak: (r) => void reports.push(r) },
  );
  expect(reports.map((r) => [r.kind, ...r.goroutines.map((g) => g.name)])).toEqual([["unended", "stubborn"]]);
  expect(reports[0]?.text).toMatch(/goroutine \d+ \(stubborn\): an async function.* \(on M\d\)/);
});

test("run ends all the same if a thread does not answer, and says so", async () => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const reports: LeakReport[] = [];
  await run(
    function* () {
      yield* go(t.leavesBlocked, words);
      while (Atomics.load(words, 1) === 0) yield* sleep(1);
    },
    { onLeak: (r) => void reports.push(r) },
  );
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  expect(reports.map((r) => r.text)).toEqual([expect.stringContaining("and others on 1 thread(s)")]);
});

test("one program after the other on the same threads ends, whatever came before", async () => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  for (let i = 1; i <= 20; i++) {
    Atomics.store(words, 0, 0);
    await run(function* () {
      yield* go(t.leavesTwo, words, 0);
    });
    expect(words[1]).toBe(2 * i);
  }
});
