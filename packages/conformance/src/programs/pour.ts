// Bodies that move many numbers through some lanes, in every form, and account for them.
import { type Chan, type Receiver, type Sender, select } from "@gr/chan";
import { type Coroutine, gosched } from "@gr/core";
import { tasks } from "../task.ts";

export type Form = "plain" | "select" | "try";

/** How many numbers, and the sum of their hashes: equal only if nothing was lost, doubled or exchanged. */
export interface Account {
  readonly count: number;
  readonly sum: number;
}

export function hash(n: number): number {
  const x = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d);
  return (Math.imul(x ^ (x >>> 12), 0x297a2d39) ^ x) >>> 0;
}

/** Sends from, from + 1, … (count numbers), each on one of the lanes. */
export function* pour(
  form: Form,
  lanes: readonly Chan<number>[],
  from: number,
  count: number,
  finished: Sender<number>,
): Coroutine<void> {
  for (let i = 0; i < count; i++) {
    const lane = lanes[i % lanes.length]!;
    if (form === "plain") yield* lane.send(from + i);
    else if (form === "select") yield* select(lanes.map((c) => c.send(from + i)));
    else while (!lane.trySend(from + i)) yield* gosched();
  }
  yield* finished.send(count);
}

/** Receives from the lanes until all are closed and drained. Plain receives are for one lane. */
export function* drain(form: Form, lanes: readonly Receiver<number>[], report: Sender<Account>): Coroutine<void> {
  const open: (Receiver<number> | undefined)[] = [...lanes];
  let [count, sum] = [0, 0];
  for (let left = lanes.length, at = 0; left > 0; at = (at + 1) % lanes.length) {
    if (form !== "select" && open[at] === undefined) continue;
    let [key, got] = [at, form === "plain" ? yield* open[at]!.recvOk() : undefined];
    if (form === "select") {
      const r = yield* select(open.map((c) => c?.recvOk()));
      [key, got] = [r.key as number, r.value];
    } else if (form === "try") got = open[at]!.tryRecv();
    if (got === undefined) yield* gosched();
    else if (got.ok) {
      count++;
      sum += hash(got.value);
    } else {
      open[key] = undefined;
      left--;
    }
  }
  yield* report.send({ count, sum });
}

tasks(import.meta.url, { pour, drain });
