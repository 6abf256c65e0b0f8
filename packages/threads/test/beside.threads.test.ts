// What goes on beside very many portables, or while main does not come back.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chan } from "@gr/chan";
import { go, run, sleep } from "@gr/core";
import { startThreads, type Threads } from "@gr/threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import { portsMade } from "./fixtures/ports.mjs";
import * as t from "./fixtures/tasks.mjs";

let threads: Threads;
beforeEach(async () => {
  // No third worker comes to help a busy machine out, and main, which then could start one itself, does not.
  threads = await startThreads({ procs: 2, maxThreads: 3, mainRuns: false });
});
afterEach(() => threads.close());

const sharedWords = (n: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * n));

test("no thread makes a MessagePort for goroutines, values, channels or shared memory", async () => {
  // Of all three threads, as each says itself.
  const made = async (): Promise<Map<number, number>> => {
    const there = new Map([portsMade() as [number, number]]);
    while (there.size < 3)
      for (const [m, count] of await Promise.all([go(portsMade), go(portsMade)])) there.set(m, count);
    return there;
  };
  const work = (n: number): Promise<void> =>
    run(function* () {
      const words = sharedWords(1);
      const values = chan<number>(8);
      const gs = [];
      for (let i = 0; i < n; i++) {
        gs.push(go(t.echo, { i, text: "of more than eight characters", bytes: new Uint8Array(20) }));
        gs.push(go(t.addTo, words, 0, 1));
        gs.push(go(t.sendsOne, values, i));
      }
      for (let i = 0; i < n; i++) yield* values.recv();
      for (const g of gs) yield* g;
      expect(words[0]).toBe(n);
    });
  await work(20);
  while (threads.stats().sysmon === "none") await new Promise((resolve) => setTimeout(resolve, 1));
  const before = await made();
  await work(5000);
  expect(await made()).toEqual(before);
  // The count counts.
  new MessageChannel().port1.close();
  expect(portsMade()).toEqual([0, (before.get(0) as number) + 2]);
});

test("an HTTP server on the main thread answers while portables hold all Ps, also by goroutines of its own", async () => {
  const words = sharedWords(2);
  const busy = Array.from({ length: 6 }, () => go(t.computesUntil, words));
  await run(function* () {
    while (Atomics.load(words, 1) < 2) yield* sleep(1);
  });
  const server = createServer((request, answer) => {
    if (request.url === "/plain") answer.end("plain");
    else
      go(function* () {
        yield* sleep(1);
        answer.end("goroutine");
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const answers: string[] = [];
  for (let i = 0; i < 20; i++)
    for (const path of ["plain", "goroutine"])
      answers.push(await (await fetch(`http://127.0.0.1:${port}/${path}`)).text());
  // None of them has ended meanwhile.
  expect(busy.map((g) => g.status)).not.toContain("dead");
  expect(Atomics.load(words, 0)).toBe(0);
  Atomics.store(words, 0, 1);
  for (const g of busy) await g;
  expect(answers.filter((text, i) => text === ["plain", "goroutine"][i % 2])).toHaveLength(40);
  server.close();
  server.closeAllConnections();
});

test("while main is blocked, 100,000 portables that it had queued are finished", async () => {
  const n = 100_000;
  const words = sharedWords(2);
  await run(function* () {
    // The workers come first: a blocked main cannot start any.
    while (threads.stats().ms.filter((m) => m.m > 0 && m.started > 0).length < 2) yield* go(t.spin, 2);
    const gs = Array.from({ length: n }, () => go(t.addTo, words, 0, 1));
    // Main does not come back before they are done; if they are never, this says so in the end.
    for (let looks = 0; looks < 1000 && Atomics.load(words, 0) < n; looks++) Atomics.wait(words, 1, 0, 100);
    expect(Atomics.load(words, 0)).toBe(n);
    for (const g of gs) yield* g;
  });
  expect(threads.stats().ms[0]?.started).toBe(0);
});
