// Channels, rule by rule: making, send, receive, range. Rules go#25-45, 49, 50, 52.
import { type Chan, range } from "@gr/chan";
import { describe, expect, test } from "vitest";
import { type Maker, scaled } from "./maker.ts";
import {
  failureOf,
  feed,
  feedAndClose,
  feedAndCount,
  feedNothing,
  type Report,
  receiveOnce,
  sendOnce,
  take,
} from "./programs/plumbing.ts";

export function chanSuite(make: Maker): void {
  describe(`channels (${make.name})`, () => {
    making(make);
    sending(make);
    receiving(make);
  });
}

const badCapacities = [-1, -0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];

function making(make: Maker): void {
  test.each(badCapacities)("go#25 T35 a capacity of %d is refused with a RangeError", (capacity) => {
    expect(() => make.chan<number>(capacity)).toThrow(RangeError);
  });

  test("go#25 without a capacity a channel is unbuffered", () => {
    expect(make.chan<number>().cap).toBe(0);
    expect(make.chan<number>(3).cap).toBe(3);
  });

  test("go#26 a channel sent through a channel arrives as the same channel", () =>
    make.run(function* () {
      const inner = make.chan<number>(1);
      const outer = make.chan<Chan<number>>(1);
      yield* outer.send(inner);
      const arrived = (yield* outer.recv())!;
      expect(arrived).toBe(inner);
      yield* arrived.send(5);
      expect(yield* inner.recv()).toBe(5);
    }));

  test.each([0, 1, 10])("go#26 T20 values that carry nothing count as values (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<undefined | null>(capacity);
      const count = scaled(make, 1000);
      const done = make.chan<number>();
      make.spawn(feedNothing, c, count, done);
      for (let i = 0; i < count; i++) {
        expect(yield* c.recvOk()).toEqual({ value: i % 2 === 0 ? undefined : null, ok: true });
      }
      expect(yield* done.recv()).toBe(count);
      expect(c.len).toBe(0);
    }),
  );

  test("go#27 T35 len counts buffered values and cap never changes", () =>
    make.run(function* () {
      const c = make.chan<number>(10);
      expect([c.len, c.cap]).toEqual([0, 10]);
      yield* feed(c, 0, 3);
      expect([c.len, c.cap]).toEqual([3, 10]);
      yield* c.recv();
      expect([c.len, c.cap]).toEqual([2, 10]);
      c.close();
      expect([c.len, c.cap]).toEqual([2, 10]);
    }));

  test.each([0, 2])("go#27 len does not count waiting receivers (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<number>(capacity);
      const report = make.chan<Report>(3);
      for (let id = 0; id < 3; id++) make.spawn(receiveOnce, id, c, report);
      yield* make.settle();
      expect(c.len).toBe(0);
    }),
  );

  test.each([0, 2])("go#27 len does not count blocked senders (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<number>(capacity);
      for (let i = 0; i < capacity + 3; i++) make.spawn(feed, c, i, 1);
      yield* make.settle();
      expect(c.len).toBe(capacity);
    }),
  );
}

function sending(make: Maker): void {
  test("go#31 the value is fixed when the send is written, not when it happens", () =>
    make.run(function* () {
      const c = make.chan<number>(2);
      let n = 1;
      const send = c.send(n);
      n = 2;
      yield* send;
      expect(yield* c.recv()).toBe(1);
    }));

  test("an Op that is never used has no effect, and one used twice acts twice", () =>
    make.run(function* () {
      const c = make.chan<number>(4);
      const send = c.send(7);
      expect(c.len).toBe(0);
      yield* send;
      yield* send;
      expect(c.len).toBe(2);
    }));

  test("go#32 an unbuffered send completes only when a receiver takes the value", () =>
    make.run(function* () {
      const c = make.chan<number>();
      const report = make.chan<string>(1);
      make.spawn(sendOnce, c, 1, report);
      yield* make.settle();
      expect(report.len).toBe(0);
      yield* c.recv();
      expect(yield* report.recv()).toBe("sent");
    }));

  test.each([0, 3])("go#33 a value goes straight to a waiting receiver, past any buffer (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<number>(capacity);
      const report = make.chan<Report>(1);
      make.spawn(receiveOnce, 0, c, report);
      yield* make.settle();
      expect(c.trySend(9)).toBe(true);
      expect(c.len).toBe(0);
      expect(yield* report.recv()).toEqual({ id: 0, value: 9, ok: true });
    }),
  );

  test("go#34 trySend succeeds exactly as long as there is room", () =>
    make.run(function* () {
      const c = make.chan<number>(2);
      expect([c.trySend(1), c.trySend(2), c.trySend(3)]).toEqual([true, true, false]);
      expect(yield* c.recv()).toBe(1);
      expect(c.trySend(4)).toBe(true);
      expect(yield* take(c, 2)).toEqual([2, 4]);
    }));

  test("go#35 a sender blocked on a full buffer is served by the next receive", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      const report = make.chan<string>(1);
      yield* c.send(1);
      make.spawn(sendOnce, c, 2, report);
      yield* make.settle();
      expect(report.len).toBe(0);
      expect(yield* c.recv()).toBe(1);
      expect(c.len).toBe(1);
      expect(yield* report.recv()).toBe("sent");
      expect(yield* c.recv()).toBe(2);
    }));

  test.each([0, 2])("go#36 a send on a closed channel fails although there is room (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<number>(capacity);
      c.close();
      expect(yield* failureOf(c.send(1))).toBe("send on closed channel");
      expect(() => c.trySend(1)).toThrow("send on closed channel");
      expect(c.len).toBe(0);
    }),
  );

  test.each([0, 1])("go#37 go#47 close wakes every blocked sender with the same error (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<number>(capacity);
      yield* feed(c, 0, capacity);
      const report = make.chan<string>(3);
      for (let i = 0; i < 3; i++) make.spawn(sendOnce, c, 10 + i, report);
      yield* make.settle();
      c.close();
      expect(yield* take(report, 3)).toEqual(Array(3).fill("send on closed channel"));
    }),
  );

  test("go#38 all misuse can be caught, and the goroutine goes on", () =>
    make.run(function* () {
      const c = make.chan<number>();
      c.close();
      expect(() => c.close()).toThrow("close of closed channel");
      expect(() => c.close()).toThrow(Error);
      expect(yield* failureOf(c.send(1))).toBe("send on closed channel");
      expect(yield* c.recvOk()).toEqual({ value: undefined, ok: false });
    }));

  test("go#45 on a channel of capacity C the k-th receive lets the (k+C)-th send complete, and no later one", () =>
    make.run(function* () {
      const c = make.chan<number>(3);
      const sent = make.chan<number>(100);
      make.spawn(feedAndCount, c, sent, 20);
      for (let k = 0; k < 5; k++) {
        yield* make.settle();
        expect(sent.len).toBe(k + 3);
        yield* c.recv();
      }
    }));
}

function receiving(make: Maker): void {
  test.each([0, 1, 7])("go#39 a closed and drained channel answers for ever (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<number>(capacity);
      c.close();
      for (let i = 0; i < 5; i++) {
        expect(yield* c.recvOk()).toEqual({ value: undefined, ok: false });
        expect(yield* c.recv()).toBeUndefined();
        expect(c.tryRecv()).toEqual({ value: undefined, ok: false });
      }
    }),
  );

  test("go#39 recvOk tells a sent undefined from the close", () =>
    make.run(function* () {
      const c = make.chan<undefined>(1);
      yield* c.send(undefined);
      c.close();
      expect(yield* c.recvOk()).toEqual({ value: undefined, ok: true });
      expect(yield* c.recvOk()).toEqual({ value: undefined, ok: false });
    }));

  test("go#40 go#54 values buffered before close arrive in order with ok; then the close shows", () =>
    make.run(function* () {
      const c = make.chan<number>(4);
      yield* feedAndClose(c, 0, 4);
      for (let i = 0; i < 4; i++) expect(yield* c.recvOk()).toEqual({ value: i, ok: true });
      expect(yield* c.recvOk()).toEqual({ value: undefined, ok: false });
    }));

  test("go#41 a receive takes from the sender that waits longest", () =>
    make.run(function* () {
      const c = make.chan<number>();
      for (let i = 0; i < 5; i++) {
        make.spawn(feed, c, i, 1);
        yield* make.settle();
      }
      expect(yield* take(c, 5)).toEqual([0, 1, 2, 3, 4]);
    }));

  test("go#42 buffer and blocked senders together are one queue", () =>
    make.run(function* () {
      const c = make.chan<number>(2);
      for (let i = 0; i < 6; i++) {
        make.spawn(feed, c, i, 1);
        yield* make.settle();
      }
      expect(yield* c.recv()).toBe(0);
      expect(c.len).toBe(2);
      expect(yield* take(c, 5)).toEqual([1, 2, 3, 4, 5]);
    }));

  test("go#43 a receive whose result is ignored still consumes a value", () =>
    make.run(function* () {
      const c = make.chan<number>(2);
      yield* feed(c, 0, 2);
      yield* c.recv();
      expect(yield* c.recv()).toBe(1);
    }));

  test("go#44 range ends when the channel is closed and drained", () =>
    make.run(function* () {
      const c = make.chan<number>(2);
      make.spawn(feedAndClose, c, 0, 10);
      const seen: number[] = [];
      yield* range(c, (value) => {
        seen.push(value);
      });
      expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }));

  test("go#44 leaving range early leaves the channel usable and takes nothing more", () =>
    make.run(function* () {
      const c = make.chan<number>(5);
      yield* feed(c, 0, 5);
      yield* range(c, function* (value) {
        yield* make.settle();
        return value < 2 ? undefined : false;
      });
      expect(c.len).toBe(2);
      expect(yield* take(c, 2)).toEqual([3, 4]);
    }));

  test("go#49 receivers are served in the order in which they came", () =>
    make.run(function* () {
      const c = make.chan<number>();
      const report = make.chan<Report>(5);
      for (let id = 0; id < 5; id++) {
        make.spawn(receiveOnce, id, c, report);
        yield* make.settle();
      }
      for (let value = 0; value < 5; value++) yield* c.send(value);
      const reports = yield* take(report, 5);
      expect(reports.sort((a, b) => a.id - b.id)).toEqual([0, 1, 2, 3, 4].map((id) => ({ id, value: id, ok: true })));
    }));

  test("go#50 a newcomer cannot take the value of a receiver that was woken but has not run", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      const report = make.chan<Report>(1);
      make.spawn(receiveOnce, 0, c, report);
      yield* make.settle();
      yield* c.send(1);
      expect(c.tryRecv()).toBeUndefined();
      expect(yield* report.recv()).toEqual({ id: 0, value: 1, ok: true });
    }));

  test.each([0, 2])(
    "go#52 room in the buffer means no sender waits, a value means no receiver does (capacity %d)",
    (capacity) =>
      make.run(function* () {
        const c = make.chan<number>(capacity);
        const report = make.chan<string>(capacity + 2);
        for (let i = 0; i < capacity + 2; i++) make.spawn(sendOnce, c, i, report);
        yield* make.settle();
        for (let taken = 0; taken < capacity + 2; taken++) {
          const left = capacity + 2 - taken;
          expect(c.len).toBe(Math.min(capacity, left));
          expect(c.tryRecv()?.ok).toBe(true);
        }
        expect([c.len, c.tryRecv()]).toEqual([0, undefined]);
      }),
  );

  test("tryRecv says nothing, a value or the close, and never blocks", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      expect(c.tryRecv()).toBeUndefined();
      yield* c.send(3);
      expect(c.tryRecv()).toEqual({ value: 3, ok: true });
      c.close();
      expect(c.tryRecv()).toEqual({ value: undefined, ok: false });
    }));
}
