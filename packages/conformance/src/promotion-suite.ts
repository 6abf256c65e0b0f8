// A channel that holds something when it is handed over: values, a close, waiters in their order. For threads whose
// channels are local at first.
import { type Chan, select } from "@gr/chan";
import { type Coroutine, type Goroutine, go } from "@gr/core";
import { describe, expect, test } from "vitest";
import type { Maker } from "./maker.ts";
import { feed, type Report, receiveOnce, take } from "./programs/plumbing.ts";

function* received(c: Chan<number>): Coroutine<number | undefined> {
  return yield* c.recv();
}

function* selected(c: Chan<number>, quiet: Chan<number>): Coroutine<number | undefined> {
  return (yield* select({ c: c.recv(), quiet: quiet.recv() })).value;
}

export function promotionSuite(make: Maker): void {
  describe("handing over", () => {
    test("waiting receivers and selects keep their order", () =>
      make.run(function* () {
        const [c, quiet] = [make.chan<number>(), make.chan<number>()];
        const waiters: Goroutine<number | undefined>[] = [];
        for (let i = 0; i < 6; i++) {
          waiters.push(i % 2 === 0 ? go(received, c) : go(selected, c, quiet));
          yield* make.settle();
        }
        yield* make.spawn(feed, c, 0, 6);
        const got: (number | undefined)[] = [];
        for (const g of waiters) got.push(yield* g);
        expect(got).toEqual([0, 1, 2, 3, 4, 5]);
      }));

    test.each([0, 2])("blocked senders keep their order, behind the buffer (capacity %d)", (capacity) =>
      make.run(function* () {
        const c = make.chan<number>(capacity);
        for (let i = 0; i < capacity + 4; i++) {
          go(feed, c, i, 1);
          yield* make.settle();
        }
        const report = make.chan<Report>(1);
        make.spawn(receiveOnce, 0, c, report);
        expect(yield* report.recv()).toEqual({ id: 0, value: 0, ok: true });
        const rest = capacity + 3;
        expect(yield* take(c, rest)).toEqual(Array.from({ length: rest }, (_, i) => i + 1));
      }),
    );

    test("a closed channel stays closed, after what it holds", () =>
      make.run(function* () {
        const c = make.chan<number>(2);
        yield* c.send(1);
        c.close();
        const report = make.chan<Report>(2);
        for (let id = 0; id < 2; id++) yield* make.spawn(receiveOnce, id, c, report);
        expect(yield* take(report, 2)).toEqual([
          { id: 0, value: 1, ok: true },
          { id: 1, value: undefined, ok: false },
        ]);
        expect(() => c.trySend(1)).toThrow("send on closed channel");
      }));
  });
}
