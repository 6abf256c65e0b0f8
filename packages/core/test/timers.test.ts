import { all, go, gomaxprocs, sleep, timeout, until } from "@gr/core";
import { Timer, withVirtualHost } from "@gr/core/internal";
import { expect, test } from "vitest";
import { sched } from "../src/sched.ts";
import { Timers } from "../src/timers.ts";
import { play } from "./virtual.ts";

const nothing = (): void => {};

test("go#82 timers fire in the order of their due times, equal ones in the order they were set", () => {
  const timers = new Timers();
  const fired: string[] = [];
  const set = (when: number, name: string) => timers.add(new Timer(when, () => fired.push(name), null));
  withVirtualHost(() => {
    set(30, "c");
    set(10, "a1");
    set(20, "b");
    set(10, "a2");
    timers.run(5);
    expect(fired).toEqual([]);
    timers.run(20);
    expect(fired).toEqual(["a1", "a2", "b"]);
    expect(timers.next()).toBe(30);
    timers.run(1000);
    expect(fired).toEqual(["a1", "a2", "b", "c"]);
    expect(timers.next()).toBe(Number.POSITIVE_INFINITY);
  });
});

test("go#83 a heap of a thousand random times gives them sorted, without the stopped ones", () => {
  withVirtualHost(() => {
    const timers = new Timers();
    const fired: number[] = [];
    const kept: number[] = [];
    let x = 12345;
    for (let i = 0; i < 1000; i++) {
      x = (Math.imul(x, 1103515245) + 12345) >>> 0;
      const when = x % 500;
      const t = new Timer(when, (self) => fired.push(self.when), null);
      timers.add(t);
      if (i % 3 === 0) timers.stop(t);
      else kept.push(when);
    }
    expect(timers.length).toBe(kept.length);
    timers.run(1000);
    expect(fired).toEqual(kept.sort((a, b) => a - b));
    expect(timers.length).toBe(0);
  });
});

test("go#83 ten thousand, three in four of them stopped, in chunks: what is left fires in order, and room is given back", () => {
  withVirtualHost(() => {
    const timers = new Timers();
    const chunks = () => (timers as unknown as { chunks: unknown[] }).chunks.length;
    const fired: Timer[] = [];
    const all = Array.from({ length: 10_000 }, (_, i) => new Timer((i * 7919) % 1009, (t) => fired.push(t), i));
    for (const t of all) timers.add(t);
    expect(chunks()).toBe(20);
    for (const t of all) if ((t.arg as number) % 4 !== 0) expect(timers.stop(t)).toBe(true);
    expect(timers.length).toBe(2500);
    expect(chunks()).toBeLessThan(8);
    timers.run(2000);
    expect(chunks()).toBeLessThan(3);
    const order = (t: Timer) => t.when * 10_000 + (t.arg as number);
    expect(fired.map(order)).toEqual(
      all
        .filter((t) => (t.arg as number) % 4 === 0)
        .map(order)
        .sort((a, b) => a - b),
    );
  });
});

test("a timer that was stopped and set again fires once, at its new turn, also in another heap", () => {
  withVirtualHost(() => {
    const [one, two] = [new Timers(), new Timers()];
    const fired: string[] = [];
    const t = new Timer(5, () => fired.push("t"), null);
    one.add(t);
    one.stop(t);
    one.add(new Timer(5, () => fired.push("u"), null));
    one.add(t);
    one.run(5);
    expect(fired).toEqual(["u", "t"]);
    one.add(t);
    one.stop(t);
    two.add(t);
    one.run(5);
    expect(fired).toEqual(["u", "t"]);
    two.run(5);
    expect(fired).toEqual(["u", "t", "t"]);
  });
});

test("order holds where the numbers of entries wrap", () => {
  withVirtualHost(() => {
    const fired: number[] = [];
    const before = sched.timerSeq;
    sched.timerSeq = 0x7ffffffe;
    const timers = new Timers();
    for (let i = 0; i < 6; i++) timers.add(new Timer(1, () => fired.push(i), null));
    sched.timerSeq = before;
    timers.run(1);
    expect(fired).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

test("stopping a timer twice, or one that fired, says that there was nothing to stop", () => {
  withVirtualHost(() => {
    const timers = new Timers();
    const t = new Timer(1, nothing, null);
    timers.add(t);
    expect(timers.stop(t)).toBe(true);
    expect(timers.stop(t)).toBe(false);
    const u = new Timer(1, nothing, null);
    timers.add(u);
    timers.run(2);
    expect(timers.stop(u)).toBe(false);
  });
});

test("the host is asked for the earliest deadline, and no longer for one that was stopped", () => {
  withVirtualHost((host) => {
    sched.timers.add(new Timer(50, nothing, null));
    expect(host.parkedUntil).toBe(50);
    const early = new Timer(20, nothing, null);
    sched.timers.add(early);
    expect(host.parkedUntil).toBe(20);
    sched.timers.stop(early);
    expect(host.parkedUntil).toBe(50);
  });
});

test("an outside await of a timeout that is not needed leaves no timer with the host", () =>
  withVirtualHost(async (host) => {
    let resolve = nothing;
    const done = timeout(until(new Promise<void>((r) => (resolve = r))), 3_600_000).then(nothing);
    await host.settleAll();
    expect(host.parkedUntil).toBe(3_600_000);
    resolve();
    await host.settleAll();
    await done;
    expect(host.parkedUntil).toBe(Number.POSITIVE_INFINITY);
  }));

test("go#69 a sleep takes a number, and an infinite one never ends", () => {
  expect(() => sleep("1" as unknown as number)).toThrow("sleep: expected a number of milliseconds, got 1");
  expect(() => sleep(Number.NaN)).toThrow(TypeError);
  withVirtualHost((host) => {
    let over = false;
    void sleep(Number.POSITIVE_INFINITY).then(() => (over = true));
    host.advance(1e12);
    expect(over).toBe(false);
  });
});

test("go#85 a sleeper waits before its timer can fire: one that is due at once is not lost", async () => {
  const { value } = await play(function* () {
    const sleepers = Array.from({ length: 100 }, (_, i) => go(() => sleep(i % 2 === 0 ? 0.001 : 1)));
    yield* all(sleepers);
    return sleepers.every((g) => g.status === "dead");
  });
  expect(value).toBe(true);
});

test("go#156 gomaxprocs gives the former value; less than one only asks", () => {
  const before = gomaxprocs();
  expect([gomaxprocs(0), gomaxprocs(-1), gomaxprocs(2)]).toEqual([before, before, before]);
  expect(() => gomaxprocs(1.5)).toThrow(RangeError);
  // On one thread there is nothing to set.
  expect(gomaxprocs()).toBe(1);
});

test("timers that move to another heap keep their order and can be stopped there", () => {
  withVirtualHost(() => {
    const [from, to] = [new Timers(), new Timers()];
    const fired: number[] = [];
    const set = (when: number) => {
      const t = new Timer(when, (self) => fired.push(self.when), null);
      from.add(t);
      return t;
    };
    set(3);
    const two = set(2);
    set(1);
    from.moveTo(to);
    expect([from.length, to.length]).toEqual([0, 3]);
    expect(to.stop(two)).toBe(true);
    to.run(10);
    expect(fired).toEqual([1, 3]);
  });
});
