// The steps of a random program, performed.
import { type Chan, type Sender, select } from "@gr/chan";
import { type Coroutine, gosched } from "@gr/core";
import { isTry, type Outcome, type Step } from "../model.ts";
import { tasks } from "../task.ts";

/** What misuse of a channel says. */
export const MISUSE: readonly string[] = ["send on closed channel", "close of closed channel"];

/** Goroutine side. Performs one step; its outcome in the model's words. */
export function* carryOut(
  step: Step,
  channels: readonly Chan<number>[],
  cancel: (target: number) => void,
): Coroutine<Outcome> {
  if (step.kind === "yield") {
    yield* gosched();
    return "done";
  }
  if (step.kind === "close") {
    channels[step.channel]!.close();
    return "done";
  }
  if (step.kind === "cancel") {
    cancel(step.target);
    return "done";
  }
  const first = step.cases[0]!;
  const c = channels[first.channel]!;
  if (isTry(step)) {
    if (first.kind === "send") return c.trySend(step.value) ? `sent ${first.channel}` : "default";
    return received(first.channel, c.tryRecv());
  }
  if (step.cases.length === 1) {
    if (first.kind === "recv") return received(first.channel, yield* c.recvOk());
    yield* c.send(step.value);
    return `sent ${first.channel}`;
  }
  const cases: Record<string, ReturnType<Chan<number>["recv"]> | ReturnType<Chan<number>["send"]> | true> = {};
  step.cases.forEach((k, i) => {
    const ch = channels[k.channel]!;
    cases[`case${i}`] = k.kind === "send" ? ch.send(step.value) : ch.recv();
  });
  if (step.orElse) cases.default = true;
  const r = yield* select(cases);
  if (r.key === "default") return "default";
  const won = step.cases[Number(r.key.slice(4))]!;
  if (won.kind === "send") return `sent ${won.channel}`;
  return r.ok ? `got ${String(r.value)} from ${won.channel}` : `${won.channel} is closed`;
}

function received(channel: number, r: { readonly value: unknown; readonly ok: boolean } | undefined): Outcome {
  if (r === undefined) return "default";
  return r.ok ? `got ${String(r.value)} from ${channel}` : `${channel} is closed`;
}

/** Performs steps in turn and logs the outcome of each; a step that blocks for ever logs nothing. */
export function* performSteps(
  goroutine: number,
  todo: readonly Step[],
  channels: readonly Chan<number>[],
  log: Sender<readonly [goroutine: number, outcome: Outcome]>,
): Coroutine<void> {
  for (const step of todo) {
    let outcome: Outcome;
    try {
      outcome = yield* carryOut(step, channels, () => {});
    } catch (error) {
      outcome = error instanceof Error ? error.message : String(error);
      if (!MISUSE.includes(outcome)) throw error;
    }
    yield* log.send([goroutine, outcome]);
  }
}

tasks(import.meta.url, { performSteps });
