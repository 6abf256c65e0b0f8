// Goroutines and their scheduling, seen from outside: life, yielding, fairness, deadlock. Rules go#1-24, 134-138.
import { type Chan, select } from "@gr/chan";
import { DeadlockError, type Goroutine, go, gosched, numGoroutine, sleep } from "@gr/core";
import { describe, expect, test } from "vitest";
import { type Maker, scaled } from "./maker.ts";
import {
  answerWhenAsked,
  endAt,
  forever,
  giveBack,
  hold,
  pingPong,
  respawn,
  silentlyBlocked,
} from "./programs/life.ts";
import { failureOf, feed, passOne, sendAfterSleep, take } from "./programs/plumbing.ts";

export function schedSuite(make: Maker): void {
  describe(`goroutines (${make.name})`, () => {
    life(make);
    fairness(make);
    ends(make);
    describe("deadlock", () => deadlock(make));
  });
}

function life(make: Maker): void {
  test("go#2 a goroutine's handle gives its result to whoever joins it, before and after its end", () =>
    make.run(function* () {
      const g = make.spawn(giveBack, 41);
      expect(yield* g).toBe(41);
      expect(yield* g).toBe(41);
      expect(g.status).toBe("dead");
    }));

  test("go#5 when main returns the program ends, whoever is still blocked or waiting for time", async () => {
    const result = await make.run(function* () {
      make.spawn(silentlyBlocked);
      make.spawn(hold, 60_000);
      yield* make.settle();
      return "over";
    });
    expect(result).toBe("over");
  });

  test("go#7 an error nobody catches ends the program with that error", async () => {
    const program = make.run(function* () {
      make.spawn(endAt, "boom");
      yield* hold(60_000);
    });
    await expect(program).rejects.toThrow("boom");
  });

  test("go#7 an error is the joiner's when there is one", () =>
    make.run(function* () {
      expect(yield* failureOf(make.spawn(endAt, "boom"))).toBe("boom");
      expect(yield* failureOf(make.spawn(endAt, "again"))).toBe("again");
    }));

  test("go#8 starting what is not a function is refused at once", () =>
    make.run(function* () {
      expect(() => go(undefined as unknown as () => void)).toThrow(TypeError);
      expect(() => go(feed(make.chan(), 0, 1) as unknown as () => void)).toThrow(TypeError);
    }));

  test("go#9 ids are unique and never used again", () =>
    make.run(function* () {
      const ids = new Set<number>();
      const count = scaled(make, 500);
      for (let i = 0; i < count; i++) {
        const g = make.spawn(giveBack, i);
        ids.add(g.id);
        yield* g;
      }
      expect(ids.size).toBe(count);
    }));

  test("go#10 T52 T53 numGoroutine counts who lives, also blocked, and comes back to where it was", () =>
    make.run(function* () {
      const before = numGoroutine();
      expect(before).toBeGreaterThanOrEqual(1);
      const c = make.chan<number>();
      const all = [0, 1, 2, 3].map((i) => make.spawn(feed, c, i, 1));
      expect(numGoroutine()).toBe(before + 4);
      yield* make.settle();
      expect(numGoroutine()).toBe(before + 4);
      yield* take(c, 4);
      for (const g of all) yield* g;
      expect(numGoroutine()).toBe(before);
    }));

  test("go#12 joining a goroutine is enough to see what it did", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      yield* make.spawn(feed, c, 5, 1);
      expect(c.tryRecv()).toEqual({ value: 5, ok: true });
    }));
}

function fairness(make: Maker): void {
  test("go#16 gosched lets the others run and comes back", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      make.spawn(feed, c, 1, 1);
      while (c.len === 0) yield* gosched();
      expect(yield* c.recv()).toBe(1);
    }));

  test("go#20 go#24 a pair that plays ping-pong for ever cannot starve a third", () =>
    make.run(function* () {
      const [ping, pong] = [make.chan<number>(), make.chan<number>()];
      make.spawn(pingPong, ping, pong);
      make.spawn(pingPong, pong, ping);
      const out = make.chan<number>();
      make.spawn(feed, out, 3, 1);
      yield* ping.send(0);
      expect(yield* out.recv()).toBe(3);
      for (let i = 0; i < 10; i++) yield* gosched();
    }));

  test("go#21 T48 goroutines that do nothing but start their successors cannot starve one that yields", () =>
    make.run(function* () {
      // Enough generations for many slices: whoever reaches the last one first has starved main.
      const generations = scaled(make, 1_000_000);
      const last = make.chan<number>(2);
      make.spawn(respawn, generations, last);
      make.spawn(respawn, generations, last);
      for (let i = 0; i < 3; i++) yield* gosched();
      expect(last.len).toBe(0);
    }));

  test("go#22 T45 a timer that is due is served although two senders keep everybody busy", () =>
    make.run(function* () {
      const c = make.chan<number>();
      make.spawn(forever, c);
      make.spawn(forever, c);
      const end: Goroutine<void> = make.spawn(hold, 20);
      for (;;) {
        const r = yield* select({ work: c.recv(), end });
        if (r.key === "end") return;
      }
    }));

  test("go#22 a host timer fires although two goroutines never stop", () =>
    make.run(function* () {
      const [ping, pong] = [make.chan<number>(), make.chan<number>()];
      make.spawn(pingPong, ping, pong);
      make.spawn(pingPong, pong, ping);
      yield* ping.send(0);
      let fired = false;
      setTimeout(() => {
        fired = true;
      }, 5);
      while (!fired) yield* gosched();
    }));

  test("T43 a goroutine that polls and yields sees a value that comes while main sleeps", () =>
    make.run(function* () {
      const [ask, answer] = [make.chan<number>(1), make.chan<number>()];
      make.spawn(answerWhenAsked, ask, answer);
      yield* sleep(5);
      yield* ask.send(1);
      expect(yield* answer.recv()).toBe(1);
    }));
}

function deadlock(make: Maker): void {
  test("go#134 a program in which everybody waits for everybody ends with Go's text", async () => {
    const program = make.run(function* () {
      const [a, b] = [make.chan<number>(), make.chan<number>()];
      make.spawn(passOne, a, b);
      yield* b.recv();
    });
    await expect(program).rejects.toThrow(DeadlockError);
    await expect(program).rejects.toThrow("all goroutines are asleep - deadlock!");
  });

  test("go#134 T57 two goroutines that wait for each other's channel are a deadlock even when main joins them", async () => {
    const program = make.run(function* () {
      const [a, b] = [make.chan<number>(), make.chan<number>()];
      const g = make.spawn(passOne, a, b);
      const h = make.spawn(passOne, b, a);
      yield* g;
      yield* h;
    });
    await expect(program).rejects.toThrow(DeadlockError);
  });
}

function ends(make: Maker): void {
  test("go#136 a pending timer is no deadlock", () =>
    make.run(function* () {
      const c = make.chan<number>();
      make.spawn(sendAfterSleep, c, 9);
      expect(yield* c.recv()).toBe(9);
    }));

  test("go#138 a partial deadlock is not one: the others finish", () =>
    make.run(function* () {
      make.spawn(silentlyBlocked);
      const c: Chan<number> = make.chan<number>();
      make.spawn(feed, c, 0, 10);
      expect((yield* take(c, 10)).length).toBe(10);
    }));
}
