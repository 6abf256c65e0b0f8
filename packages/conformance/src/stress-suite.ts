// Mixed shapes for a while: senders, receivers, lanes, capacities and forms at random; every number is accounted for.
import type { Chan } from "@gr/chan";
import type { Coroutine } from "@gr/core";
import { expect, test } from "vitest";
import type { Maker } from "./maker.ts";
import { take } from "./programs/plumbing.ts";
import { type Account, drain, type Form, hash, pour } from "./programs/pour.ts";

const forms: readonly Form[] = ["plain", "select", "try"];
const capacities = [0, 0, 1, 2, 16, 128];

/** Rounds of `each` numbers per sender until `ms` are over; at least one. `done` gets the number of messages. */
export function stressSuite(make: Maker, ms: number, each: number, done: (messages: number) => void): void {
  test(`nothing is lost or doubled in mixed shapes (${ms} ms)`, { timeout: ms + 120_000 }, async () => {
    let messages = 0;
    const end = performance.now() + ms;
    do messages += await make.run(() => round(make, each));
    while (performance.now() < end);
    done(messages);
  });
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)]!;
}

function* round(make: Maker, each: number): Coroutine<number> {
  const [width, senders, receivers] = [pick([1, 1, 2, 4]), pick([1, 2, 3, 6]), pick([1, 2, 3, 6])];
  const lanes: Chan<number>[] = Array.from({ length: width }, () => make.chan<number>(pick(capacities)));
  const finished = make.chan<number>(senders);
  const report = make.chan<Account>(receivers);
  // Two that only try would poll past each other on an unbuffered lane.
  const draining = width === 1 ? forms : (["select", "try"] as const);
  const took = Array.from({ length: receivers }, () => pick(draining));
  const sent = Array.from({ length: senders }, () => pick(took.includes("try") ? forms.slice(0, 2) : forms));
  for (const form of took) make.spawn(drain, form, lanes, report);
  for (const [i, form] of sent.entries()) make.spawn(pour, form, lanes, i * each, each, finished);
  yield* take(finished, senders);
  for (const lane of lanes) lane.close();
  let [count, sum] = [0, 0];
  for (const account of yield* take(report, receivers)) {
    count += account.count;
    sum += account.sum;
  }
  let expected = 0;
  for (let n = 0; n < senders * each; n++) expected += hash(n);
  const shape = `${lanes.map((c) => c.cap).join()}: ${sent.join()} to ${took.join()}`;
  expect([shape, count, sum]).toEqual([shape, senders * each, expected]);
  return count;
}
