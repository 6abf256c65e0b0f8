// Sleeping, after, tickers and timers, in virtual time: what Go 1.23 says. Local only. Rules go#69-82.
import { after, select, Timer, ticker } from "@gr/chan";
import { type Coroutine, go, run, sleep } from "@gr/core";
import { describe, expect, test } from "vitest";
import { now, runVirtual } from "./schedule-adapter.ts";

export function timerSuite(): void {
  describe("timers", () => {
    sleeping();
    afterwards();
    stopping();
    ticking();
  });
}

function sleeping(): void {
  test.each([0, -1, Number.NEGATIVE_INFINITY])("go#69 sleep(%d) returns at once and does not yield", (ms) => {
    const log: string[] = [];
    runVirtual(function* () {
      const g = go(function* () {
        log.push("other");
      });
      yield* sleep(ms);
      log.push("main");
      yield* g;
      expect(now()).toBe(0);
    });
    expect(log).toEqual(["main", "other"]);
  });

  test("go#69 a sleep lasts as long as it says", () => {
    runVirtual(function* () {
      yield* sleep(25);
      expect(now()).toBe(25);
      yield* sleep(0.5);
      expect(now()).toBe(25.5);
    });
  });

  test("go#82 T69 sleepers wake in the order in which they are due", () => {
    runVirtual(function* () {
      const slots = [5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0];
      const woken: number[] = [];
      const all = slots.map((slot) =>
        go(function* () {
          yield* sleep(slot * 20);
          woken.push(slot);
        }),
      );
      for (const g of all) yield* g;
      expect(woken).toEqual([...slots].sort((a, b) => a - b));
    });
  });
}

function afterwards(): void {
  test("go#70 T68 after gives the moment at which it fired, not the one at which it is read", () => {
    runVirtual(function* () {
      const c = after(10);
      yield* sleep(500);
      expect(yield* c.recv()).toBe(10);
      expect(now()).toBe(500);
    });
  });

  test("go#71 a timer's channel looks unbuffered before and after it fired", () => {
    runVirtual(function* () {
      const c = after(10);
      expect([c.len, c.cap]).toEqual([0, 0]);
      yield* sleep(20);
      expect([c.len, c.cap]).toEqual([0, 0]);
      expect(c.tryRecv()).toEqual({ value: 10, ok: true });
      expect(c.tryRecv()).toBeUndefined();
    });
  });

  test("go#70 a receiver that waits is woken when it fires", () => {
    runVirtual(function* () {
      expect(yield* after(30).recv()).toBe(30);
      expect(now()).toBe(30);
    });
  });

  test("of timers that are due together, as cases of one select, exactly one wins and none is in the way later", () => {
    const won: unknown[] = [];
    runVirtual(function* () {
      for (let i = 0; i < 20; i++) {
        const t = new Timer(5);
        won.push((yield* select({ a: sleep(5), b: sleep(5), c: after(5).recv(), d: t.recv() })).key);
        t.stop();
        yield* sleep(5);
      }
    });
    expect(won).toHaveLength(20);
  });

  test("after as a case: the earlier one wins and the later one is left alone", () => {
    runVirtual(function* () {
      const [slow, fast] = [after(40), after(15)];
      expect((yield* select({ slow: slow.recv(), fast: fast.recv() })).key).toBe("fast");
      expect(now()).toBe(15);
      expect(yield* slow.recv()).toBe(40);
    });
  });
}

function stopping(): void {
  test("go#76 a timer nobody waits on does not hold off a deadlock, a sleeping goroutine does", async () => {
    const stuck = run(
      function* () {
        const t = new Timer(3_600_000);
        yield* select({});
        t.stop();
      },
      { deadlock: "closed" },
    );
    await expect(stuck).rejects.toThrow("all goroutines are asleep - deadlock!");
    runVirtual(function* () {
      const g = go(function* () {
        yield* sleep(100);
        return "woken";
      });
      expect(yield* g).toBe("woken");
    });
  });

  test("go#73 T70 stop says whether it prevented the firing, and a second stop says no", () => {
    runVirtual(function* () {
      const t = new Timer(50);
      expect([t.stop(), t.stop()]).toEqual([true, false]);
      yield* sleep(200);
      expect(t.tryRecv()).toBeUndefined();
    });
  });

  test("go#73 stop of a timer that fired and was read says no", () => {
    runVirtual(function* () {
      const t = new Timer(5);
      expect(yield* t.recv()).toBe(5);
      expect(t.stop()).toBe(false);
    });
  });

  test("go#72 T67 stop withdraws what was not read, and says that it did", () => {
    runVirtual(function* () {
      const t = new Timer(1);
      yield* sleep(10);
      expect(t.stop()).toBe(true);
      expect(t.tryRecv()).toBeUndefined();
    });
  });

  test("go#74 T70 reset of a pending timer says yes and moves it; of an expired one it says no and arms it again", () => {
    runVirtual(function* () {
      const t = new Timer(100);
      yield* sleep(50);
      expect(t.reset(100)).toBe(true);
      yield* sleep(75);
      expect(t.tryRecv()).toBeUndefined();
      expect(yield* t.recv()).toBe(150);
      expect(t.reset(10)).toBe(false);
      expect(yield* t.recv()).toBe(160);
    });
  });

  test("go#72 T67 a goroutine that waits survives a reset far away and is woken by one nearby", () => {
    runVirtual(function* () {
      const t = new Timer(10);
      const g = go(receive, t);
      yield* sleep(1);
      t.reset(3_600_000);
      yield* sleep(100);
      expect(g.status).toBe("waiting");
      t.reset(5);
      expect(yield* g).toBe(106);
    });
  });

  test("T67 of two selects on one timer exactly one gets the value, and none when it was stopped", () => {
    runVirtual(function* () {
      const t = new Timer(10);
      const wait = function* (): Coroutine<string> {
        return (yield* select({ timer: t.recv(), end: sleep(50) })).key;
      };
      const [g, h] = [go(wait), go(wait)];
      expect([yield* g, yield* h].sort()).toEqual(["end", "timer"]);
      t.reset(10);
      const [i, k] = [go(wait), go(wait)];
      yield* sleep(1);
      t.stop();
      expect([yield* i, yield* k]).toEqual(["end", "end"]);
    });
  });
}

function ticking(): void {
  test.each([0, -1])("go#78 a ticker of %d ms is refused", (ms) => {
    expect(() => ticker(ms)).toThrow(/non-positive interval/);
  });

  test("go#79 a ticker keeps its grid", () => {
    runVirtual(function* () {
      using t = ticker(10);
      const ticks: (number | undefined)[] = [];
      for (let i = 0; i < 4; i++) ticks.push(yield* t.recv());
      expect(ticks).toEqual([10, 20, 30, 40]);
    });
  });

  test("go#79 a slow receiver finds one tick, loses the others, and is on the grid again", () => {
    runVirtual(function* () {
      using t = ticker(10);
      yield* sleep(35);
      expect(yield* t.recv()).toBe(10);
      expect(t.tryRecv()).toBeUndefined();
      expect(yield* t.recv()).toBe(40);
      expect(now()).toBe(40);
    });
  });

  test("go#71 a ticker's channel looks unbuffered", () => {
    runVirtual(function* () {
      using t = ticker(10);
      yield* sleep(15);
      expect([t.len, t.cap]).toEqual([0, 0]);
    });
  });

  test("go#80 a stopped ticker sends nothing more and is not closed", () => {
    runVirtual(function* () {
      const t = ticker(10);
      yield* t.recv();
      t.stop();
      const r = yield* select({ tick: t.recv(), end: sleep(100) });
      expect(r.key).toBe("end");
      expect(t.tryRecv()).toBeUndefined();
    });
  });

  test("go#72 a tick that was not read is withdrawn by stop", () => {
    runVirtual(function* () {
      const t = ticker(10);
      yield* sleep(15);
      t.stop();
      expect(t.tryRecv()).toBeUndefined();
    });
  });

  test("go#72 go#79 reset withdraws what was not read and begins a new grid", () => {
    runVirtual(function* () {
      using t = ticker(10);
      yield* sleep(15);
      t.reset(100);
      expect(t.tryRecv()).toBeUndefined();
      expect(yield* t.recv()).toBe(115);
      expect(() => t.reset(0)).toThrow(/non-positive interval/);
    });
  });

  test("go#72 a goroutine that waits on a ticker when it is reset gets the tick of the new setting", () => {
    runVirtual(function* () {
      using t = ticker(1000);
      const g = go(receive, t);
      yield* sleep(5);
      t.reset(20);
      expect(yield* g).toBe(25);
    });
  });
}

function* receive(from: ReturnType<typeof after>): Coroutine<number | undefined> {
  return yield* from.recv();
}
