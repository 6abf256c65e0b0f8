// Selects that race with each other, with close and with plain operations: T5, T10, T14, T22, T23, T27, T29, T31.
//
// On one thread the "race" is decided by the order in which goroutines run; over threads the same
// programs race in earnest. The assertions hold for every outcome.
import { type Chan, select } from "@gr/chan";
import { describe, expect, test } from "vitest";
import { type Maker, scaled } from "./maker.ts";
import { feed, type Report, receiveOnce, sendOnce, take } from "./programs/plumbing.ts";
import {
  peekOnce,
  peekTwo,
  receiveBoxed,
  selectThenReceive,
  selectTwiceTheSame,
  sendRandomBits,
  tryRecvUntilGiven,
  trySendUntilTaken,
  waitBesideQuiet,
} from "./programs/selects.ts";

export function selectRaceSuite(make: Maker): void {
  describe(`select races (${make.name})`, () => {
    nonBlocking(make);
    races(make);
    losers(make);
  });
}

const values: readonly [kind: string, value: unknown][] = [
  ["number", 123],
  ["string", "text"],
  ["boolean", false],
  ["bigint", 9007199254740993n],
  ["undefined", undefined],
  ["NaN", Number.NaN],
  ["object", { a: [1, { b: null }] }],
];

function nonBlocking(make: Maker): void {
  for (const capacity of [0, 1]) {
    test.each(values)(
      `T5 without a partner nothing happens, with one a %s goes through (capacity ${capacity})`,
      (_kind, value) =>
        make.run(function* () {
          const c = make.chan<unknown>(capacity);
          expect(c.tryRecv()).toBeUndefined();
          expect((yield* select({ c: c.recv(), default: true })).key).toBe("default");

          // A receiver goroutine, and a send that is retried until it comes to wait.
          const got = make.chan<readonly [unknown]>(1);
          make.spawn(receiveBoxed, c, got);
          expect(yield* trySendUntilTaken(c, value, make.patience)).toBeGreaterThanOrEqual(0);
          expect(yield* got.recv()).toEqual([value]);

          // A sender goroutine, and a receive that is retried.
          const sent = make.chan<string>(1);
          make.spawn(sendOnce, c as Chan<number>, 55, sent);
          expect(yield* tryRecvUntilGiven(c, make.patience)).toBe(55);
          expect(yield* sent.recv()).toBe("sent");
          expect(c.tryRecv()).toBeUndefined();
        }),
    );
  }

  test.each([0, 3])("T21 blocked forms stay blocked and non-blocking forms take default (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<number>(capacity);
      const report = make.chan<Report>(2);
      make.spawn(receiveOnce, 0, c, report);
      make.spawn(receiveOnce, 1, c, report);
      yield* make.settle();
      expect(report.len).toBe(0);
      expect((yield* select({ c: c.recv(), default: true })).key).toBe("default");
      yield* feed(c, 7, 2 + capacity);
      const sent = make.chan<string>(1);
      make.spawn(sendOnce, c, 99, sent);
      yield* make.settle();
      expect(sent.len).toBe(0);
      expect((yield* select({ c: c.send(98), default: true })).key).toBe("default");
      expect((yield* take(c, capacity + 1)).at(-1)).toBe(99);
    }),
  );
}

function races(make: Maker): void {
  test("T22 a non-blocking receive beside a close sees the value or the close, never nothing", () =>
    make.run(function* () {
      for (let i = 0; i < scaled(make, 1000); i++) {
        const c = make.chan<number>(1);
        const report = make.chan<string>(1);
        yield* c.send(1);
        make.spawn(peekOnce, c, report);
        c.close();
        // Sometimes main comes first and takes the value itself.
        if (i % 2 === 0) yield* c.recv();
        expect(["value", "closed"]).toContain(yield* report.recv());
      }
    }));

  test.each(["send", "close"])(
    "T23 go#59 while one of two channels is always ready, default is never taken (%s)",
    (how) =>
      make.run(function* () {
        for (let i = 0; i < scaled(make, 1000); i++) {
          const [a, b] = [make.chan<number>(1), make.chan<number>(1)];
          const report = make.chan<string>(1);
          yield* a.send(1);
          make.spawn(peekTwo, a, b, report);
          if (how === "send") yield* b.send(1);
          else b.close();
          yield* select({ a: a.recv(), default: true });
          expect(["a", "b"]).toContain(yield* report.recv());
        }
      }),
  );

  test.each([0, 100])("T27 a select that sends 0 or 1 sends both (capacity %d)", (capacity) =>
    make.run(function* () {
      const count = Math.max(200, scaled(make, 200));
      const c = make.chan<number>(capacity);
      make.spawn(sendRandomBits, c, count);
      const onesSent = (yield* take(c, count)).reduce((sum, n) => sum + n, 0);
      expect(onesSent).toBeGreaterThan(count / 10);
      expect(onesSent).toBeLessThan((count * 9) / 10);
    }),
  );

  test("T14 a select that won elsewhere and then waits again does not corrupt the queue it left", () =>
    make.run(function* () {
      for (let i = 0; i < scaled(make, 100); i++) {
        const [c1, c2] = [make.chan<number>(), make.chan<number>()];
        const [plain, selected] = [make.chan<Report>(1), make.chan<string>(2)];
        make.spawn(receiveOnce, 0, c1, plain);
        yield* make.settle();
        make.spawn(selectThenReceive, c1, c2, selected);
        yield* make.settle();
        yield* c2.send(0);
        expect(yield* selected.recv()).toBe("select took second");
        yield* make.settle();
        yield* c1.send(1);
        yield* c1.send(2);
        expect(yield* plain.recv()).toEqual({ id: 0, value: 1, ok: true });
        expect(yield* selected.recv()).toBe("then 2");
      }
    }));

  test("T29 a select that waits twice on one channel leaves both places when it wins elsewhere", () =>
    make.run(function* () {
      const [c, d] = [make.chan<number>(), make.chan<number>()];
      const [selected, plain] = [make.chan<string>(1), make.chan<Report>(1)];
      make.spawn(selectTwiceTheSame, c, d, selected);
      yield* make.settle();
      make.spawn(receiveOnce, 1, c, plain);
      yield* make.settle();
      yield* d.send(1);
      expect(yield* selected.recv()).toBe("case 2");
      yield* c.send(5);
      expect(yield* plain.recv()).toEqual({ id: 1, value: 5, ok: true });
      expect(c.trySend(6)).toBe(false);
    }));
}

function losers(make: Maker): void {
  test("T31 go#51 many selects beside one quiet channel: every wake-up is answered and the quiet channel is left clean", () =>
    make.run(function* () {
      const waiters = scaled(make, 500);
      const rounds = 10;
      const quiet = make.chan<number>();
      const answer = make.chan<number>(waiters);
      const own = Array.from({ length: waiters }, () => make.chan<number>());
      for (const c of own) make.spawn(waitBesideQuiet, quiet, c, answer, rounds);
      for (let round = 0; round < rounds; round++) {
        for (const c of own) yield* c.send(round);
        expect((yield* take(answer, waiters)).every((n) => n === 1)).toBe(true);
      }
      yield* make.settle();
      expect([quiet.trySend(1), quiet.tryRecv()]).toEqual([false, undefined]);
    }));

  test("T10 go#51 a select that goes round a busy channel leaves nothing on the quiet one", () =>
    make.run(function* () {
      const rounds = scaled(make, 5000);
      const [busy, quiet] = [make.chan<number>(), make.chan<number>()];
      make.spawn(feed, busy, 0, rounds);
      for (let i = 0; i < rounds; i++) {
        expect((yield* select({ busy: busy.recv(), quiet: quiet.recv() })).key).toBe("busy");
      }
      expect(quiet.trySend(1)).toBe(false);
    }));
}
