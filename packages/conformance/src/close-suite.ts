// Close, and programs in which nobody can go on. Rules go#28, 46-48, 54.
import type { Chan, Receiver } from "@gr/chan";
import { type Op, sleep } from "@gr/core";
import { describe, expect, test } from "vitest";
import type { Maker } from "./maker.ts";
import { feed, feedAndClose, type Report, receiveOnce, sendAfterSleep, sendOnce, take } from "./programs/plumbing.ts";

export function closeSuite(make: Maker): void {
  describe(`close (${make.name})`, () => {
    closing(make);
  });
}

function closing(make: Maker): void {
  test.each([0, 4])("go#46 closing twice is refused, also with values left (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<number>(capacity);
      yield* feed(c, 0, capacity);
      c.close();
      expect(() => c.close()).toThrow("close of closed channel");
      expect(c.len).toBe(capacity);
    }),
  );

  test("go#47 close wakes every waiting receiver", () =>
    make.run(function* () {
      const c = make.chan<number>();
      const report = make.chan<Report>(5);
      for (let id = 0; id < 5; id++) make.spawn(receiveOnce, id, c, report);
      yield* make.settle();
      c.close();
      const reports = yield* take(report, 5);
      expect(reports.map((r) => r.ok)).toEqual(Array(5).fill(false));
      expect(new Set(reports.map((r) => r.id)).size).toBe(5);
    }));

  test("go#54 close drops the values of blocked senders and keeps those in the buffer", () =>
    make.run(function* () {
      const c = make.chan<number>(2);
      const report = make.chan<string>(4);
      for (let i = 0; i < 4; i++) {
        make.spawn(sendOnce, c, i, report);
        yield* make.settle();
      }
      c.close();
      expect(yield* take(c, 4)).toEqual([0, 1]);
      expect((yield* take(report, 4)).sort()).toEqual([
        "send on closed channel",
        "send on closed channel",
        "sent",
        "sent",
      ]);
    }));

  test("go#28 go#134 a program whose goroutines all wait on channels ends as a deadlock", async () => {
    const blocked: ((c: Chan<number>) => Op<unknown>)[] = [(c) => c.recv(), (c) => c.send(1), (c) => c.recvOk()];
    for (const op of blocked) {
      const program = make.run(function* () {
        yield* op(make.chan<number>());
      });
      await expect(program).rejects.toThrow("all goroutines are asleep - deadlock!");
    }
  });

  test("go#136 a sleeping goroutine keeps the others from being called deadlocked", () =>
    make.run(function* () {
      const c = make.chan<number>();
      make.spawn(sendAfterSleep, c, 1);
      expect(yield* c.recv()).toBe(1);
      yield* sleep(0);
    }));

  test("a channel can be drained from outside with for await", async () => {
    const seen: number[] = [];
    const c = make.chan<number>(2);
    const feeder = make.spawn(feedAndClose, c, 0, 6);
    for await (const value of c as Receiver<number>) seen.push(value);
    await feeder;
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });
}
