import { type Coroutine, go, gosched, run, sleep } from "@gr/core";
import { OpBase, type Waiter, WaitQueue, withVirtualHost } from "@gr/core/internal";
import { expect, test } from "vitest";
import type { G } from "../src/g.ts";
import { GQueue } from "../src/g-queue.ts";
import { RUNQ_SIZE, RunQueue } from "../src/run-queue.ts";

const g = (id: number): G => ({ id, qnext: null }) as G;
const ids = (list: (G | null | undefined)[]): number[] => list.map((x) => (x as G).id);

test("go#160 put with next takes runnext and sends the old occupant to the tail", () => {
  const [q, over] = [new RunQueue(), new GQueue()];
  q.put(g(1), false, over);
  q.put(g(2), true, over);
  q.put(g(3), true, over);
  expect(q.runnext?.id).toBe(3);
  expect(q.length).toBe(3);
  expect(ids([q.shift(), q.shift()])).toEqual([1, 2]);
  expect(q.shift()).toBe(null);
});

test("go#161 a full ring gives its older half and the newcomer to the global queue, 129 in one batch", () => {
  const [q, over] = [new RunQueue(), new GQueue()];
  for (let i = 0; i < RUNQ_SIZE; i++) expect(q.put(g(i), false, over)).toBe(0);
  expect(q.put(g(1000), false, over)).toBe(129);
  expect(over.length).toBe(129);
  expect(q.length).toBe(128);
  const moved: number[] = [];
  for (let x = over.shift(); x !== null; x = over.shift()) moved.push(x.id);
  expect(moved).toEqual([...Array.from({ length: 128 }, (_, i) => i), 1000]);
  expect(q.shift()?.id).toBe(128);
});

test("go#161 the slot's old occupant is the newcomer of a full ring", () => {
  const [q, over] = [new RunQueue(), new GQueue()];
  for (let i = 0; i < RUNQ_SIZE; i++) q.put(g(i), false, over);
  q.put(g(500), true, over);
  expect(over.length).toBe(0);
  expect(q.put(g(501), true, over)).toBe(129);
  expect(q.runnext?.id).toBe(501);
});

test("the global queue stays first in, first out, also when it was empty in between, and leaves nobody linked", () => {
  const queue = new GQueue();
  let [put, got] = [0, 0];
  const shift = () => {
    const head = queue.shift();
    expect(head?.qnext).toBe(null);
    return head?.id;
  };
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < 3; i++) queue.push(g(put++));
    expect(shift()).toBe(got++);
  }
  expect(queue.length).toBe(put - got);
  while (queue.length > 0) expect(shift()).toBe(got++);
  expect(got).toBe(put);
  expect(queue.shift()).toBe(null);
  queue.push(g(7));
  expect(shift()).toBe(7);
  expect(queue.shift()).toBe(null);
});

test("go#162 go#166 the slot runs first, then the ring in its order, then the global queue", () =>
  withVirtualHost(async (host) => {
    const order: string[] = [];
    const program = run(function* () {
      for (const name of ["ring 1", "ring 2"]) go(() => void order.push(name));
      go(function* () {
        order.push("slot");
        yield* gosched();
        order.push("global queue");
      });
      yield* sleep(1);
    });
    await host.settleAll();
    host.advance(5);
    await host.settleAll();
    await program;
    expect(order).toEqual(["slot", "ring 1", "ring 2", "global queue"]);
  }));

test("go#163 nobody is lost or run twice when thousands overflow into the global queue", () =>
  withVirtualHost(async (host) => {
    const runs = new Uint8Array(5000);
    const program = run(function* () {
      for (let i = 0; i < runs.length; i++) go(() => void runs[i]!++);
      yield* gosched();
    });
    host.settle();
    await program;
    expect(runs.every((n) => n === 1)).toBe(true);
  }));

test("go#21 every 61st turn the global queue comes first, although the ring is never empty", () =>
  withVirtualHost(async (host) => {
    const order: string[] = [];
    const program = run(function* () {
      const yielded = go(function* () {
        yield* gosched();
        order.push("yielded");
      });
      // The successor goes to the ring, because the other one takes its place in runnext.
      const chain = (): void => {
        order.push("chain");
        if (order.length > 500) return;
        go(chain);
        go(() => {});
      };
      go(chain);
      yield* yielded;
    });
    host.settle();
    await program;
    expect(order.indexOf("yielded")).toBeGreaterThan(0);
    expect(order.indexOf("yielded")).toBeLessThan(62);
  }));

test("go#19 go#172 goroutines that perform no operation leave the thread when the slice is over all the same", () =>
  withVirtualHost((host) => {
    let n = 0;
    const next = (): void => {
      host.spend(1);
      if (++n < 1000) go(next);
    };
    go(next);
    host.turn();
    expect(n).toBeGreaterThan(0);
    expect(n).toBeLessThan(100);
    expect(host.busy).toBe(true);
    host.settle();
    expect(n).toBe(1000);
  }));

/** One that waits for the other, and lets it go first. */
class Turn extends OpBase<void> {
  readonly waiters = new WaitQueue();
  get reason(): number {
    return 0;
  }
  poll(): boolean {
    return false;
  }
  enqueue(w: Waiter): void {
    const other = this.waiters.dequeue();
    this.waiters.enqueue(w);
    other?.party.wake(other);
  }
  dequeue(w: Waiter): void {
    this.waiters.remove(w);
  }
}

test("go#22 whom a timer wakes runs at once, although hundreds of pairs use up a slice each", () =>
  withVirtualHost(async (host) => {
    let late = -1;
    const program = run(function* () {
      for (let i = 0; i < 300; i++) {
        const turn = new Turn();
        const player = function* (): Coroutine<void> {
          for (;;) {
            host.spend(1);
            yield* turn;
          }
        };
        go(player);
        go(player);
      }
      const due = host.now() + 100;
      yield* sleep(100);
      late = host.now() - due;
    });
    for (let i = 0; i < 400 && late < 0; i++) host.turn();
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(200);
    host.settle();
    await program;
  }));
