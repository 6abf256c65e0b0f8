import { all, go, gomaxprocs, run, sleep } from "@gr/core";
import { blocking, startThreads } from "@gr/threads";
import { expect, test, vi } from "vitest";
import * as t from "./fixtures/tasks.mjs";

const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});

test("workers beyond the number of Ps and the spare end after their time, the others stay, and new ones come", async () => {
  await using threads = await startThreads({ procs: 1, mainRuns: false, idleTimeoutMs: 50 });
  const calls = () => all(Array.from({ length: 3 }, () => blocking(t.blocks, 1000)));
  await run(function* () {
    yield* calls();
    expect(threads.stats().threads).toBeGreaterThan(3);
    // On a busy machine one that sysmon asked for may come late, and another goes for it: in the end there is one, and
    // the spare.
    const workers = () => threads.stats().ms.filter((m) => m.m > 0).length;
    while (threads.stats().threads > 3) yield* sleep(1);
    yield* sleep(200);
    while (workers() !== 2) yield* sleep(1);
    expect(yield* go(t.add, 1, 2)).toBe(3);
    expect(new Set(yield* calls()).size).toBe(3);
  });
  expect(warn).not.toHaveBeenCalled();
});

test("one with a goroutine that sleeps stays until that has ended", async () => {
  await using threads = await startThreads({ procs: 2, mainRuns: false, idleTimeoutMs: 30 });
  await run(function* () {
    while (threads.stats().ms.filter((m) => m.started > 0).length < 2) yield* all([go(t.spin, 2), go(t.spin, 2)]);
    while (!threads.stats().ms.some((m) => m.state === "spare")) yield* sleep(1);
    const gs: ReturnType<typeof go>[] = [];
    const homes = () => threads.stats().ms.filter((m) => m.live > 0).length;
    for (; homes() < 2; yield* sleep(1)) gs.push(go(t.unwinds));
    gomaxprocs(1);
    yield* sleep(200);
    expect(homes()).toBe(2);
    for (const g of gs) g.cancel();
    while (threads.stats().threads > 3) yield* sleep(1);
  });
});

test("one whose blocking call has returned a promise stays until that is settled", async () => {
  await using threads = await startThreads({ procs: 1, mainRuns: false, idleTimeoutMs: 20 });
  await run(function* () {
    // With a goroutine of its own the first worker takes no blocking call.
    const first = go(t.unwinds);
    while (first.status !== "running") yield* sleep(1);
    // One thread for both, or one of the two is the spare: that of the other call is one too many.
    const calls = Array.from({ length: 2 }, () => blocking(t.resolvesLater, 200));
    expect(yield* all(calls)).toEqual(["resolved", "resolved"]);
    while (threads.stats().threads > 3) yield* sleep(1);
  });
});

test("refuses a timeout that is none", () => {
  expect(() => startThreads({ idleTimeoutMs: 0 })).toThrow(RangeError);
});
