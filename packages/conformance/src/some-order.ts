// What a program did on several threads, held against the model: there must be an order of the steps that explains it.
//
// Threads do not say in which order their steps took effect. So the order is searched for: depth first, with the outcomes
// that were seen as guide; a state that was tried once is not tried again.
import { Model, type Outcome, type Step } from "./model.ts";
import { describeStep, type Program } from "./random-programs.ts";

/** States looked at before the search gives up. */
const MAX_STATES = 200_000;

/** What each goroutine saw of its steps, in its order; the first step without an outcome is the one that blocks. */
export type Seen = readonly (readonly Outcome[])[];

/** "yes", "no", or "unknown" if the search was given up. */
export function explained(program: Program, seen: Seen): "yes" | "no" | "unknown" {
  const total = program.goroutines.reduce((n, steps, g) => n + Math.min(steps.length, seen[g]!.length + 1), 0);
  const tried = new Set<string>();
  const order: number[] = [];
  const search = (): boolean => {
    const at = replay(program, seen, order);
    if (at === undefined || tried.has(at.state) || tried.size > MAX_STATES) return false;
    if (order.length === total) return true;
    tried.add(at.state);
    for (const g of at.ready) {
      order.push(g);
      if (search()) return true;
      order.pop();
    }
    return false;
  };
  if (search()) return "yes";
  return tried.size > MAX_STATES ? "unknown" : "no";
}

interface Point {
  readonly state: string;
  /** Goroutines that may begin a step now. */
  readonly ready: readonly number[];
}

/** Where the model is after the steps began in this order; undefined if something came out otherwise than was seen. */
function replay(program: Program, seen: Seen, order: readonly number[]): Point | undefined {
  const model = new Model(program.capacities);
  const begun = program.goroutines.map(() => 0);
  const ended = program.goroutines.map(() => 0);
  let fits = true;
  for (const g of order) {
    const i = begun[g]!++;
    model.start(g, program.goroutines[g]![i]!, seen[g]![i], (outcome) => {
      if (outcome !== seen[g]![i]) fits = false;
      ended[g]!++;
    });
    if (!fits) return undefined;
  }
  const ready = program.goroutines.flatMap((steps, g) => {
    const next = begun[g]!;
    return ended[g] === next && next < steps.length && next <= seen[g]!.length ? [g] : [];
  });
  return { state: `${begun.join()} ${ended.join()} ${model.snapshot()}`, ready };
}

/** The program and what was seen, for a failure's text. */
export function story(program: Program, seen: Seen): string {
  const line = (steps: readonly Step[], g: number): string =>
    steps
      .map((step, i) => `  g${g} ${describeStep(step)}: ${seen[g]![i] ?? (i === seen[g]!.length ? "blocked" : "-")}`)
      .join("\n");
  return `no order of the steps explains this (capacities ${program.capacities.join(" ")})\n${program.goroutines.map(line).join("\n")}`;
}
