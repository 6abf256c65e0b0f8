// Orders that Go shows on one P, repeated exactly: O1-O5. Local only, since bodies share a log.
//
// They pin what the rules leave open: a new or woken goroutine takes the runnext slot and pushes the
// one before it to the tail of the queue, gosched goes to the tail of the global queue, and a ready
// operation does not yield.
//
// They run in virtual time on a P of their own: no slice ends in the middle, and the count of slices, every
// 61st of which looks at the global queue first (go#21), begins at nought.
import { type Chan, chan, select } from "@gr/chan";
import { type Coroutine, type Goroutine, go, gosched } from "@gr/core";
import { describe, expect, test } from "vitest";
import { runVirtual } from "./schedule-adapter.ts";

export function goldenSuite(): void {
  describe("golden orders of one P", () => {
    spawnOrders();
    wakeOrders();
    noYield();
  });
}

function* record(log: string[], entry: string): Coroutine<void> {
  log.push(entry);
}

function spawnOrders(): void {
  test("O1 go#4 ten goroutines spawned in a row run 9 0 1 2 3 4 5 6 7 8", () => {
    const log: string[] = [];
    runVirtual(function* () {
      const all = Array.from({ length: 10 }, (_, i) => go(record, log, `${i}`));
      for (const g of all) yield* g;
    });
    expect(log.join(" ")).toBe("9 0 1 2 3 4 5 6 7 8");
  });

  test("O4 go#17 go#18 three goroutines that print and yield keep their turns", () => {
    const log: string[] = [];
    const turns = function* (name: string): Coroutine<void> {
      for (let i = 0; i < 3; i++) {
        log.push(`${name}${i}`);
        yield* gosched();
      }
    };
    runVirtual(function* () {
      const all = ["a", "b", "c"].map((name) => go(turns, name));
      for (const g of all) yield* g;
    });
    expect(log.join(" ")).toBe("c0 a0 b0 c1 a1 b1 c2 a2 b2");
  });

  test("go#1 go#3 arguments are evaluated by the creator, who goes on before the new goroutine starts", () => {
    const log: string[] = [];
    runVirtual(function* () {
      let n = 1;
      const g = go(record, log, `argument ${n}`);
      n = 2;
      log.push(`creator ${n}`);
      yield* g;
    });
    expect(log).toEqual(["creator 2", "argument 1"]);
  });
}

/** Five goroutines blocked in a receive; their queue order is 4 0 1 2 3, because of runnext. */
function* fiveReceivers(
  c: Chan<number>,
  log: string[],
  show: (id: number, value: unknown) => string,
): Coroutine<Goroutine<void>[]> {
  const body = function* (id: number): Coroutine<void> {
    log.push(show(id, yield* c.recv()));
  };
  const all = [0, 1, 2, 3, 4].map((id) => go(body, id));
  while (all.some((g) => g.status !== "waiting")) yield* gosched();
  return all;
}

function* joinAll(all: readonly Goroutine<void>[]): Coroutine<void> {
  for (const g of all) yield* g;
}

function wakeOrders(): void {
  test("O2 go#48 receivers woken by close run 4 3 2 1 0", () => {
    const log: string[] = [];
    runVirtual(function* () {
      const c = chan<number>();
      const all = yield* fiveReceivers(c, log, (id) => `${id}`);
      c.close();
      yield* joinAll(all);
    });
    expect(log.join(" ")).toBe("4 3 2 1 0");
  });

  test("O3 go#49 five sends to five receivers: the last one woken runs first", () => {
    const log: string[] = [];
    runVirtual(function* () {
      const c = chan<number>();
      const all = yield* fiveReceivers(c, log, (id, value) => `${id}=${value}`);
      for (let value = 0; value < 5; value++) yield* c.send(value);
      yield* joinAll(all);
    });
    expect(log.join(" ")).toBe("3=4 4=0 0=1 1=2 2=3");
  });

  test("O5 go#53 an unbuffered ping interleaves as S1 R1 R2 S2 S3 R3", () => {
    const log: string[] = [];
    runVirtual(function* () {
      const c = chan<number>();
      const sender = function* (): Coroutine<void> {
        for (let i = 1; i <= 3; i++) {
          yield* c.send(i);
          log.push(`S${i}`);
        }
      };
      const g = go(sender);
      for (let i = 1; i <= 3; i++) {
        yield* c.recv();
        log.push(`R${i}`);
      }
      yield* g;
    });
    expect(log.join(" ")).toBe("S1 R1 R2 S2 S3 R3");
  });
}

function noYield(): void {
  test("go#33 a send to a waiting receiver does not yield to it", () => {
    const log: string[] = [];
    runVirtual(function* () {
      const c = chan<number>();
      const g = go(function* () {
        log.push(`received ${yield* c.recv()}`);
      });
      while (g.status !== "waiting") yield* gosched();
      yield* c.send(1);
      log.push("sent");
      yield* g;
    });
    expect(log).toEqual(["sent", "received 1"]);
  });

  test("go#34 a ready operation of any kind never yields", () => {
    const log: string[] = [];
    runVirtual(function* () {
      const c = chan<number>(8);
      const g = go(record, log, "other");
      for (let i = 0; i < 200; i++) {
        yield* c.send(i);
        yield* c.recv();
        yield* select({ put: c.send(i), never: undefined });
        yield* select({ get: c.recv(), default: true });
        yield* select({ get: c.recv(), default: true });
      }
      log.push("main");
      yield* g;
    });
    expect(log).toEqual(["main", "other"]);
  });

  test("go#46 close never yields", () => {
    const log: string[] = [];
    runVirtual(function* () {
      const c = chan<number>();
      const g = go(function* () {
        yield* c.recv();
        log.push("woken");
      });
      while (g.status !== "waiting") yield* gosched();
      c.close();
      log.push("closed");
      yield* g;
    });
    expect(log).toEqual(["closed", "woken"]);
  });
}
