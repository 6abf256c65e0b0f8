// Deadlocks over threads: found when no thread can ever go on, and never else. Each program is a process of its own.

import { describe, expect, test } from "vitest";
import { program } from "./program.ts";

const ASLEEP = /all goroutines are asleep - deadlock!/g;

const wakers = [
  "a timer",
  "a socket",
  "an event after a file was read",
  "an answer of a server",
  "a promise with a timer",
  "another process",
  "libuv's thread pool",
  "an AbortSignal's timeout",
];

describe("exact: no thread can go on", () => {
  test.each(wakers)("go#136 what only %s can wake, on another thread, is no deadlock", async (name) => {
    const [elsewhere, here] = await Promise.all([
      program("deadlock.mjs", "worker", name, "waker"),
      program("deadlock.mjs", "main", name, "waker"),
    ]);
    for (const { out, err, code } of [elsewhere, here]) {
      expect(err).toBe("");
      expect(out).toBe(`end woken by ${name}\n`);
      expect(code).toBe(0);
    }
  });

  test.each(["a sleep", "a blocking call", "an asynchronous blocking call", "a thread", "a thread that sleeps"])(
    "go#136 what only %s can wake, on another thread, is no deadlock",
    async (name) => {
      const { out, err, code } = await program("deadlock.mjs", "worker", name, "waker");
      expect([err, out, code]).toEqual(["", `end woken by ${name}\n`, 0]);
    },
  );

  test.each(["worker", "main"])("go#134 without a waker, on the %s thread, it is one, said once", async (where) => {
    const { out, err, code } = await program("deadlock.mjs", where, "a timer");
    expect(out).toBe("");
    expect(err.match(ASLEEP)).toHaveLength(1);
    expect(err).toMatch(/goroutine 1 \[chan receive\]:\n *main\(\.\.\.\)/);
    expect(err).toMatch(/goroutine \d+ \[chan receive, M\d\]:\n *forwards\(\.\.\.\)\n *created by main in goroutine 1/);
    expect(err).toMatch(where === "worker" ? /\[IO wait, M\d\]:\n *worker/ : /\[IO wait\]:\n *waitsFor/);
    expect(err).toMatch(/goroutine \d+ \(forwards\) on M\d waits: chan receive on first/);
    expect(err).not.toContain("GrWarning");
    expect(code).toBe(1);
  });

  test("a goroutine elsewhere that main does not know of comes first", async () => {
    const { err, code } = await program("grandchild.mjs");
    expect(err).toContain("the grandchild failed");
    expect(err).not.toMatch(ASLEEP);
    expect(code).toBe(1);
  });

  test("outside every program a process with nothing left ends as on one thread, and has drained once", async () => {
    const { out, code } = await program("waits-for-nobody.mjs");
    expect(out).toBe("drained\n");
    expect(code).toBe(13);
  });

  test("while a thread sleeps nobody wakes, and main's loop does not drain", async () => {
    const { out } = await program("idles.mjs");
    const { parks, drained } = JSON.parse(out) as { parks: number; drained: number };
    expect(parks).toBeLessThan(20);
    expect(drained).toBe(0);
  });
});

describe.each(["exact", "closed"])("%s", (mode) => {
  test("one report over all threads; afterwards they go on, and the next is found", async () => {
    const { out, err, code } = await program("circle.mjs", mode);
    expect(err).toBe("");
    expect(code).toBe(0);
    const lines = out.trim().split("\n");
    expect([lines[1], lines[3]]).toEqual(["42", "42"]);
    for (const line of [lines[0], lines[2]]) {
      const { text, dump, cycle } = JSON.parse(line as string) as { text: string; dump: string; cycle: string };
      expect(text).toBe("all goroutines are asleep - deadlock!");
      expect(dump.match(/^goroutine /gm)).toHaveLength(4);
      expect(dump.match(/^goroutine \d+ \[chan receive, M[12]\]:\nwaits/gm)).toHaveLength(2);
      expect(cycle).toMatch(/goroutine \d+ \(main\) waits: join of goroutine \d+ \(waits\)/);
      expect(cycle.match(/\(waits\) on M\d waits: chan receive on jobs/g)).toHaveLength(2);
    }
  });

  test("a program begun on a worker is judged before main's, which waits for it", async () => {
    const { out, err, code } = await program("begun.mjs", mode);
    expect([err, code]).toEqual(["", 0]);
    const [told, helped] = out.trim().split("\n");
    const list = JSON.parse(told as string) as { name: string; text: string; dump: string; cycle: string }[];
    expect(list).toHaveLength(6);
    for (const [i, { name, text, dump, cycle }] of list.entries()) {
      expect([name, text]).toEqual(["DeadlockError", "all goroutines are asleep - deadlock!"]);
      expect(dump).toMatch(i % 3 === 1 ? /\[chan receive(, M\d)?\]:\nwaits/ : /\[chan receive\]:\ninner/);
      expect(cycle).toMatch(i % 3 === 1 ? /\(inner\) waits: join/ : /\(inner\) waits: chan receive on inner/);
      expect(dump.match(/^goroutine /gm)).toHaveLength(i % 3 === 1 ? 2 : 1);
    }
    expect(helped).toBe(mode === "exact" ? "40" : undefined);
  });

  test("messages on their way are no deadlock: two thousand programs", async () => {
    const { out, err, code } = await program("rings.mjs", mode, "2000");
    expect([err, out, code]).toEqual(["", "sum 6664\n", 0]);
  });
});

test("a report leaves out what is too much for it, and says how much that is", async () => {
  const { out, err, code } = await program("crowd.mjs", "10100");
  expect([err, code]).toEqual(["", 0]);
  const { heads, end, cycle, whole } = JSON.parse(out) as { heads: number; end: string; cycle: string; whole: boolean };
  // Main, and of the 10,101 on M1 the 10,000 that are oldest: who started the rest is among them.
  expect(heads).toBe(10_001);
  expect(end).toMatch(/\n\n\.\.\.101 additional goroutines of M1 elided\.\.\.$/);
  expect(cycle).toMatch(/\(crowd\) on M1 waits: chan receive/);
  expect(cycle.split("\n")).toHaveLength(21);
  expect(cycle).toMatch(/\n {2}and 9981 more$/);
  expect(whole).toBe(true);
});

test("closed: what sleeps, waits or computes on another thread counts as able to wake", async () => {
  const { out, err, code } = await program("closed-sleeps.mjs");
  expect([err, out, code]).toEqual(["", "slept on another thread\n", 0]);
});
