// Select, rule by rule: evaluation, choice, default, nil cases, closed channels. Rules go#55-68.
import { type Cases, type Chan, select } from "@gr/chan";
import { type Coroutine, sleep } from "@gr/core";
import { describe, expect, test } from "vitest";
import { type Maker, scaled } from "./maker.ts";
import { failureOf, feed, type Report, receiveOnce, sendOnce, take } from "./programs/plumbing.ts";
import { offerOrStop, selectOnce } from "./programs/selects.ts";

export function selectSuite(make: Maker): void {
  describe(`select (${make.name})`, () => {
    evaluation(make);
    readiness(make);
    blocking(make);
    closed(make);
  });
}

const asleep = "all goroutines are asleep - deadlock!";

function evaluation(make: Maker): void {
  test("go#55 T13 every case is read once, in the order of the source, also those that are nil or lose", () =>
    make.run(function* () {
      const c = make.chan<number>(2);
      yield* c.send(1);
      const read: string[] = [];
      const note = <T>(name: string, value: T): T => {
        read.push(name);
        return value;
      };
      const cases = {
        get z() {
          return note("z", make.chan<number>().recv());
        },
        get nil() {
          return note("nil", undefined);
        },
        get a() {
          return note("a", c.recv());
        },
        get m() {
          return note("m", make.chan<number>().send(1));
        },
      };
      const r = yield* select(cases);
      expect(r.key).toBe("a");
      expect(read).toEqual(["z", "nil", "a", "m"]);
    }));

  test("go#55 T37 a case whose expression throws keeps the later ones from being evaluated", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      let later = 0;
      const thrower = (): Chan<number> => {
        throw new Error("first expression");
      };
      const attempt = function* (): Coroutine<void> {
        yield* select({
          a: thrower().recv(),
          b: c.send(++later),
        });
      };
      let caught: unknown;
      try {
        yield* attempt();
      } catch (error) {
        caught = error;
      }
      expect(caught).toEqual(new Error("first expression"));
      expect([later, c.len]).toEqual([0, 0]);
    }));

  test("T37 a send value is taken before the side effects of a later case's expression", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      let n = 1;
      const quiet = (): Chan<number> => {
        n = 2;
        return make.chan<number>();
      };
      yield* select({ put: c.send(n), never: quiet().recv() });
      expect(yield* c.recv()).toBe(1);
    }));

  test("T9 a send value is computed in every round, also for a channel that is nil by then", () =>
    make.run(function* () {
      let computed = 0;
      const next = (bit: number): number => {
        computed++;
        return bit;
      };
      const rounds = function* (first: Chan<number> | undefined, second: Chan<number> | undefined): Coroutine<number> {
        let [a, b, sent] = [first, second, 0];
        for (;;) {
          const [one, two] = [next(1), next(2)];
          const r = yield* select({ a: a?.send(one), b: b?.send(two), default: true });
          if (r.key === "default") return sent;
          sent++;
          if (r.key === "a") a = undefined;
          else b = undefined;
        }
      };
      const [a, b] = [make.chan<number>(1), make.chan<number>(1)];
      expect(yield* rounds(a, b)).toBe(2);
      expect((yield* a.recv())! | (yield* b.recv())!).toBe(3);
      expect(yield* rounds(a, undefined)).toBe(1);
      expect(computed).toBe(10);
    }));

  test("go#56 T12 what a losing case would have assigned stays as it was", () =>
    make.run(function* () {
      const [never, ready] = [make.chan<number>(), make.chan<number>(1)];
      yield* ready.send(42);
      const targets: Record<string, number | undefined> = {};
      const r = yield* select({ never: never.recv(), ready: ready.recv() });
      targets[r.key] = r.value;
      expect(targets).toEqual({ ready: 42 });
    }));

  test("T17 a channel received inside a case expression serves as the channel of that case", () =>
    make.run(function* () {
      const channels = make.chan<Chan<boolean>>(1);
      const answer = make.chan<boolean>(1);
      yield* channels.send(answer);
      const r = yield* select({ put: (yield* channels.recv())!.send(false || true), default: true });
      expect(r.key).toBe("put");
      expect(yield* answer.recv()).toBe(true);
    }));
}

/** Fills the channels with values from elsewhere: while a choice is counted, nobody else runs. */
function* filled(make: Maker, channels: readonly Chan<number>[], count: number): Coroutine<void> {
  const feeders = channels.map((c) => make.spawn(feed, c, 0, count));
  for (const g of feeders) yield* g;
}

function readiness(make: Maker): void {
  test("go#57 T26 the choice among two ready cases is fair within six nines", () =>
    make.run(function* () {
      const picks = scaled(make, 10_000);
      const [a, b] = [make.chan<number>(picks + 1), make.chan<number>(picks + 1)];
      yield* filled(make, [a, b], picks + 1);
      const [dead1, dead2] = [make.chan<number>(), make.chan<number>()];
      let fromA = 0;
      for (let i = 0; i < picks; i++) {
        const r = yield* select({ a: a.recv(), dead1: dead1.recv(), dead2: dead2.recv(), b: b.recv() });
        if (r.key === "a") fromA++;
      }
      // 4.891676 standard deviations of a fair coin: one run in a million strays further.
      expect(Math.abs(fromA / picks - 0.5)).toBeLessThan(4.891676 / (2 * Math.sqrt(picks)));
    }));

  test.each([3, 4, 5])("go#57 each of %d ready cases gets its share", (width) =>
    make.run(function* () {
      const picks = scaled(make, 6000);
      const channels = Array.from({ length: width }, () => make.chan<number>(picks));
      yield* filled(make, channels, picks);
      const chosen = new Array<number>(width).fill(0);
      for (let i = 0; i < picks; i++) {
        const r = yield* select(channels.map((c) => c.recv()));
        chosen[r.key]!++;
      }
      const share = 1 / width;
      const bound = 5.5 * Math.sqrt(picks * share * (1 - share));
      for (const times of chosen) expect(Math.abs(times - picks * share)).toBeLessThan(bound);
    }),
  );

  test("go#57 nil cases do not tilt the choice", () =>
    make.run(function* () {
      const picks = scaled(make, 4000);
      const [a, b] = [make.chan<number>(picks), make.chan<number>(picks)];
      yield* filled(make, [a, b], picks);
      let fromA = 0;
      for (let i = 0; i < picks; i++) {
        const r = yield* select([undefined, a.recv(), null, false, b.recv()]);
        if (r.key === 1) fromA++;
      }
      expect(Math.abs(fromA / picks - 0.5)).toBeLessThan(4.891676 / (2 * Math.sqrt(picks)));
    }));

  test("go#58 go#59 default is taken exactly when no case is ready", () =>
    make.run(function* () {
      const [a, b] = [make.chan<number>(1), make.chan<number>(1)];
      const peek = () => select({ a: a.recv(), b: b.recv(), default: true });
      expect(yield* peek()).toEqual({ key: "default", value: undefined, ok: false });
      for (let i = 0; i < 50; i++) {
        yield* b.send(i);
        expect(yield* peek()).toEqual({ key: "b", value: i, ok: true });
      }
      expect((yield* peek()).key).toBe("default");
    }));

  test("go#59 default is not taken when the partner is a blocked goroutine", () =>
    make.run(function* () {
      const [c, out] = [make.chan<number>(), make.chan<string>(1)];
      const [other, report] = [make.chan<number>(), make.chan<Report>(1)];
      make.spawn(sendOnce, c, 5, out);
      make.spawn(receiveOnce, 1, other, report);
      yield* make.settle();
      expect(yield* select({ c: c.recv(), default: true })).toEqual({ key: "c", value: 5, ok: true });
      expect((yield* select({ other: other.send(6), default: true })).key).toBe("other");
      expect((yield* report.recv())!.value).toBe(6);
    }));

  test("go#60 nil cases are never ready: default or another case wins", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      expect((yield* select({ a: undefined, b: null, c: false, default: true })).key).toBe("default");
      yield* c.send(1);
      const open: boolean = c.len > 5;
      expect(yield* select({ nil: open && c.recv(), c: c.recv() })).toEqual({ key: "c", value: 1, ok: true });
    }));

  test("true is refused as a case under any name but default", () =>
    make.run(function* () {
      const wrong = { go: true } as unknown as { readonly go: undefined };
      let caught: unknown;
      try {
        yield* select(wrong);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(TypeError);
    }));
}

function blocking(make: Maker): void {
  const hopeless: [name: string, cases: (c: Chan<number>) => Cases][] = [
    ["no cases", () => ({})],
    ["only nil cases", () => [undefined, null, false]],
    ["a receive nobody answers", (c) => ({ c: c.recv() })],
    ["a send nobody takes", (c) => ({ c: c.send(1), nil: undefined })],
    ["both ends of one unbuffered channel", (c) => ({ put: c.send(1), get: c.recv() })],
    ["both ends, in the other order", (c) => ({ get: c.recv(), put: c.send(1) })],
  ];
  test.each(hopeless)("go#60 go#63 T11 a select over %s blocks for ever", async (_name, cases) => {
    const program = make.run(function* () {
      yield* select(cases(make.chan<number>()));
    });
    await expect(program).rejects.toThrow(asleep);
  });

  test("T11 a send on a full buffer beside nil blocks for ever", async () => {
    const program = make.run(function* () {
      const c = make.chan<number>(1);
      yield* c.send(0);
      yield* select({ c: c.send(1), nil: undefined });
    });
    await expect(program).rejects.toThrow(asleep);
  });

  test("go#58 exactly one case of a blocked select proceeds", () =>
    make.run(function* () {
      const [a, b] = [make.chan<number>(), make.chan<number>()];
      const report = make.chan<string>(2);
      make.spawn(selectOnce, a, b, report);
      yield* make.settle();
      expect(a.trySend(1)).toBe(true);
      expect(b.trySend(2)).toBe(false);
      expect(a.trySend(3)).toBe(false);
      expect(yield* report.recv()).toBe("first 1");
    }));

  test("go#49 plain receivers and selects wait in one queue", () =>
    make.run(function* () {
      const [c, quiet] = [make.chan<number>(), make.chan<number>()];
      const reports = make.chan<Report>(4);
      const selected = make.chan<string>(4);
      make.spawn(receiveOnce, 0, c, reports);
      yield* make.settle();
      make.spawn(selectOnce, c, quiet, selected);
      yield* make.settle();
      make.spawn(receiveOnce, 2, c, reports);
      yield* make.settle();
      for (let value = 0; value < 3; value++) expect(c.trySend(value)).toBe(true);
      expect(yield* selected.recv()).toBe("first 1");
      const plain = yield* take(reports, 2);
      expect(plain.sort((x, y) => x.id - y.id).map((r) => [r.id, r.value])).toEqual([
        [0, 0],
        [2, 2],
      ]);
    }));

  test("go#58 a select of timers ends with the earlier one", () =>
    make.run(function* () {
      const r = yield* select({ long: sleep(60_000), short: sleep(1) });
      expect(r.key).toBe("short");
    }));

  test("go#51 a select that was answered leaves nothing behind on the channels it did not take", () =>
    make.run(function* () {
      const [a, b] = [make.chan<number>(), make.chan<number>()];
      const report = make.chan<string>(8);
      for (let i = 0; i < 3; i++) make.spawn(selectOnce, a, b, report);
      yield* make.settle();
      for (let i = 0; i < 3; i++) expect(a.trySend(i)).toBe(true);
      expect([a.trySend(9), b.trySend(9)]).toEqual([false, false]);
      yield* make.settle();
      expect([a.trySend(9), b.trySend(9)]).toEqual([false, false]);
      expect([a.tryRecv(), b.tryRecv()]).toEqual([undefined, undefined]);
    }));
}

function closed(make: Maker): void {
  test("go#61 T11 T34 a closed channel is ready to receive, again and again", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      yield* c.send(1);
      c.close();
      expect(yield* select({ c: c.recv() })).toEqual({ key: "c", value: 1, ok: true });
      for (let i = 0; i < 10; i++) {
        expect(yield* select({ c: c.recv() })).toEqual({ key: "c", value: undefined, ok: false });
        expect(yield* select({ c: c.recv(), default: true })).toEqual({ key: "c", value: undefined, ok: false });
      }
    }));

  test.each([0, 1])("go#61 T34 the send case of a closed channel fails when it is chosen (capacity %d)", (capacity) =>
    make.run(function* () {
      const c = make.chan<number>(capacity);
      c.close();
      const quiet = make.chan<number>();
      expect(yield* failureOf(select({ c: c.send(1) }))).toBe("send on closed channel");
      expect(yield* failureOf(select({ c: c.send(1), q: quiet.recv() }))).toBe("send on closed channel");
      expect(yield* failureOf(select({ c: c.send(1), default: true }))).toBe("send on closed channel");
    }),
  );

  test("go#61 a closed channel's send case is one ready case among others: it is not always chosen", () =>
    make.run(function* () {
      const dead = make.chan<number>(1);
      dead.close();
      const live = make.chan<number>(1);
      let failures = 0;
      let values = 0;
      for (let i = 0; i < 60; i++) {
        live.trySend(1);
        if (yield* failureOf(select({ dead: dead.send(1), live: live.recv() }))) failures++;
        else values++;
      }
      expect(failures).toBeGreaterThan(0);
      expect(values).toBeGreaterThan(0);
    }));

  test("go#62 close wakes a select through its receive case", () =>
    make.run(function* () {
      const [a, b] = [make.chan<number>(), make.chan<number>()];
      const report = make.chan<string>(1);
      make.spawn(selectOnce, a, b, report);
      yield* make.settle();
      b.close();
      expect(yield* report.recv()).toBe("second closed");
    }));

  test("go#62 a send case that waits when its channel is closed fails, and leaves the other channel", () =>
    make.run(function* () {
      const [a, b] = [make.chan<number>(), make.chan<number>()];
      const g = make.spawn(offerOrStop, a, 1, b, make.chan<string>(1));
      yield* make.settle();
      a.close();
      expect(yield* failureOf(g)).toBe("send on closed channel");
      expect(b.trySend(1)).toBe(false);
    }));
}
