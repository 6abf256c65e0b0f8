// Select in all its forms: arrays and objects, one case, a thousand cases, every pair of hand-offs.
import { select } from "@gr/chan";
import { describe, expect, test } from "vitest";
import type { Maker } from "./maker.ts";
import { feed, take } from "./programs/plumbing.ts";
import { handOff } from "./programs/selects.ts";

export function selectFormsSuite(make: Maker): void {
  describe(`select forms (${make.name})`, () => {
    forms(make);
    handOffs(make);
  });
}

function forms(make: Maker): void {
  test("an array of cases gives numeric keys, and takes its default as an option", () =>
    make.run(function* () {
      const [a, b] = [make.chan<number>(1), make.chan<string>(1)];
      expect(yield* select([a.recv(), b.recv()], { default: true })).toEqual({
        key: "default",
        value: undefined,
        ok: false,
      });
      yield* b.send("x");
      expect(yield* select([a.recv(), b.recv()])).toEqual({ key: 1, value: "x", ok: true });
    }));

  test("go#63 one channel may stand in several cases, and each of them is chosen at times", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      const chosen = [0, 0, 0];
      for (let i = 0; i < 120; i++) {
        c.trySend(i);
        const r = yield* select([c.recv(), c.recv(), c.recv()]);
        expect(r.value).toBe(i);
        chosen[r.key]!++;
      }
      for (const times of chosen) expect(times).toBeGreaterThan(0);
    }));

  test("go#66 a select with one case behaves as the plain operation", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      expect(yield* select({ put: c.send(4) })).toEqual({ key: "put", value: undefined, ok: true });
      expect(yield* select({ get: c.recv() })).toEqual({ key: "get", value: 4, ok: true });
      expect(yield* select({ get: c.recv(), default: true })).toEqual({ key: "default", value: undefined, ok: false });
    }));

  test("go#66 a select of a thousand cases works, blocked and ready", () =>
    make.run(function* () {
      const channels = Array.from({ length: 1000 }, () => make.chan<number>());
      const ready = make.chan<number>(1);
      yield* ready.send(1);
      expect((yield* select([...channels.map((c) => c.recv()), ready.recv()])).key).toBe(1000);
      make.spawn(feed, channels[777]!, 7, 1);
      expect(yield* select(channels.map((c) => c.recv()))).toEqual({ key: 777, value: 7, ok: true });
    }));

  test("go#65 T16 break inside a case leaves the switch over the result, not the loop", () =>
    make.run(function* () {
      const c = make.chan<number>(3);
      yield* feed(c, 0, 3);
      let rounds = 0;
      for (let i = 0; i < 3; i++) {
        const r = yield* select({ c: c.recv(), default: true });
        switch (r.key) {
          case "c":
            if (r.value === 0) break;
            rounds += 10;
            break;
          case "default":
            rounds += 100;
        }
        rounds++;
      }
      expect(rounds).toBe(23);
    }));

  test("recvOk as a case gives the pair, so that the key and the close are both known", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      yield* c.send(8);
      c.close();
      expect(yield* select({ c: c.recvOk() })).toEqual({ key: "c", value: { value: 8, ok: true }, ok: true });
      expect(yield* select({ c: c.recvOk() })).toEqual({ key: "c", value: { value: undefined, ok: false }, ok: true });
    }));
}

function handOffs(make: Maker): void {
  const receives = ["plain", "one", "two"] as const;
  const table = receives.flatMap((r) => receives.map((s) => [r, s] as const));
  test.each(table)("T15 a hand-off from a %s send to a %s receive completes", (sending, receiving) =>
    make.run(function* () {
      const [c, quiet] = [make.chan<number>(), make.chan<number>()];
      const done = make.chan<string>(2);
      make.spawn(handOff, sending, "send", c, quiet, done);
      make.spawn(handOff, receiving, "receive", c, quiet, done);
      expect((yield* take(done, 2)).sort()).toEqual(["receive", "send"]);
      // And with the receiver waiting first.
      make.spawn(handOff, receiving, "receive", c, quiet, done);
      yield* make.settle();
      make.spawn(handOff, sending, "send", c, quiet, done);
      expect((yield* take(done, 2)).sort()).toEqual(["receive", "send"]);
    }),
  );
}
