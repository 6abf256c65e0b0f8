// Random programs: a few goroutines that send, receive, select, close and cancel over a few channels.
//
// What a program did is written down as a history: which goroutine began which step, in that order,
// and how the step ended. On one thread a step takes effect where it begins, so the model (model.ts),
// told the order, must predict every outcome and who is left blocked.
import { chan } from "@gr/chan";
import { CancelledError, type Coroutine, type Goroutine, go } from "@gr/core";
import fc from "fast-check";
import { type Case, Model, type Outcome, type Step } from "./model.ts";
import { carryOut, MISUSE } from "./programs/steps.ts";
import { type Choose, runScheduled, untilQuiet } from "./schedule-adapter.ts";

export interface Program {
  readonly capacities: readonly number[];
  readonly goroutines: readonly (readonly Step[])[];
}

export interface Entry {
  readonly goroutine: number;
  readonly step: Step;
  outcome: Outcome | undefined;
}

/** Programs, with values that no two steps share. */
export function programs(): fc.Arbitrary<Program> {
  return fc.integer({ min: 1, max: 3 }).chain((channels) =>
    fc.record({
      capacities: fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: channels, maxLength: channels }),
      goroutines: fc
        .integer({ min: 2, max: 5 })
        .chain((count) =>
          fc.array(fc.array(steps(channels, count), { minLength: 1, maxLength: 6 }), {
            minLength: count,
            maxLength: count,
          }),
        )
        .map(withDistinctValues),
    }),
  );
}

function steps(channels: number, goroutines: number): fc.Arbitrary<Step> {
  const channel = fc.integer({ min: 0, max: channels - 1 });
  const one = fc.record({ kind: fc.constantFrom("send" as const, "recv" as const), channel });
  const comm = (cases: fc.Arbitrary<Case[]>, orElse: fc.Arbitrary<boolean>): fc.Arbitrary<Step> =>
    fc.record({ kind: fc.constant("comm" as const), cases, value: fc.constant(0), orElse });
  return fc.oneof(
    { weight: 8, arbitrary: comm(fc.array(one, { minLength: 1, maxLength: 1 }), fc.constant(false)) },
    { weight: 2, arbitrary: comm(fc.array(one, { minLength: 1, maxLength: 1 }), fc.constant(true)) },
    { weight: 6, arbitrary: comm(fc.array(one, { minLength: 2, maxLength: 4 }), fc.boolean()) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const), channel }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "yield" }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("cancel" as const),
        target: fc.integer({ min: 0, max: goroutines - 1 }),
      }),
    },
  );
}

function withDistinctValues(bodies: Step[][]): Step[][] {
  return bodies.map((body, g) =>
    body.map((step, i) => (step.kind === "comm" ? { ...step, value: 100 * (g + 1) + i } : step)),
  );
}

/** Runs a program until none of its goroutines can go on; returns its history. */
export function perform(program: Program, choose: Choose): Entry[] {
  return runScheduled(function* () {
    const history: Entry[] = [];
    const channels = program.capacities.map((capacity) => chan<number>(capacity));
    const started: Goroutine<unknown>[] = [];
    const body = function* (goroutine: number, todo: readonly Step[]): Coroutine<void> {
      for (const step of todo) {
        const entry: Entry = { goroutine, step, outcome: undefined };
        history.push(entry);
        try {
          entry.outcome = yield* carryOut(step, channels, (target) => started[target]?.cancel());
        } catch (error) {
          const text = error instanceof Error ? error.message : String(error);
          const misuse = MISUSE.includes(text);
          entry.outcome = misuse ? text : "cancelled";
          if (!misuse) throw error;
        }
      }
    };
    for (const [goroutine, todo] of program.goroutines.entries()) started.push(go(body, goroutine, todo));
    yield* untilQuiet();
    // A copy: leaving now unwinds whoever is still blocked, and that is not part of the history.
    const seen = history.map((entry) => ({ ...entry }));
    yield* end(started);
    return seen;
  }, choose);
}

function* end(started: readonly Goroutine<unknown>[]): Coroutine<void> {
  for (const g of started) g.cancel();
  for (const g of started) {
    try {
      yield* g;
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
    }
  }
}

/** The first entry whose outcome the model does not allow, in words; undefined when all are allowed. */
export function disagreement(program: Program, history: readonly Entry[]): string | undefined {
  const model = new Model(program.capacities);
  const predicted: (Outcome | undefined)[] = history.map(() => undefined);
  history.forEach((entry, i) => {
    model.start(entry.goroutine, entry.step, entry.outcome, (outcome) => {
      predicted[i] = outcome;
    });
  });
  const wrong = history.findIndex((entry, i) => entry.outcome !== predicted[i] && !wasCancelledYielding(model, entry));
  if (wrong < 0) return undefined;
  const lines = history.map((entry, i) => {
    const mark = i === wrong ? "> " : "  ";
    return `${mark}g${entry.goroutine} ${describeStep(entry.step)}: ${entry.outcome ?? "blocked"}`;
  });
  return `the model says "${predicted[wrong] ?? "blocked"}" (capacities ${program.capacities.join(" ")})\n${lines.join("\n")}`;
}

/** A goroutine cancelled while it stood in the queue after gosched() may end there or at its next Op. */
function wasCancelledYielding(model: Model, entry: Entry): boolean {
  return entry.step.kind === "yield" && entry.outcome !== "done" && model.isCancelled(entry.goroutine);
}

export function describeStep(step: Step): string {
  if (step.kind === "close") return `close ${step.channel}`;
  if (step.kind === "cancel") return `cancel g${step.target}`;
  if (step.kind === "yield") return "yield";
  const cases = step.cases.map((k) => (k.kind === "send" ? `send ${step.value} to ${k.channel}` : `recv ${k.channel}`));
  return [...cases, ...(step.orElse ? ["default"] : [])].join(" | ");
}

/** A choice that follows the given numbers and then goes on with them from the start. */
export function following(decisions: readonly number[]): Choose {
  let at = 0;
  return (n) => (decisions.length === 0 ? 0 : decisions[at++ % decisions.length]! % n);
}

/** Checks `runs` random programs under random schedules; the message of a failure holds the seed. */
export function checkRandomPrograms(runs: number, seed?: number): void {
  const decisions = fc.array(fc.nat(59), { maxLength: 24 });
  fc.assert(
    fc.property(programs(), decisions, (program, schedule) => {
      const wrong = disagreement(program, perform(program, following(schedule)));
      if (wrong !== undefined) throw new Error(wrong);
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  );
}
