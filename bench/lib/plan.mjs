// How many rounds each side of a benchmark has, how long that will take, and what to run first.
import { sidesWithGoal } from "./budget.mjs";

/** Rounds of a benchmark that does not ask for fewer. Seven give an interval of 98 %, five one of 94 %. */
export const ROUNDS = 7;

/** A row that has a goal has five rounds at least, and more while they are cheap; without one it ends after a minute. */
const GOAL = { rounds: 5, ms: 10_000 };
const NO_GOAL = { rounds: 3, ms: 60_000 };
/** Three rounds must do where one takes this long: a run must end. */
const LONG_ROUND_MS = 20_000;
const FEWEST = 3;

/**
 * The plan of one benchmark. `asked`: a number of rounds that overrules all others. `brief`: sides that no goal is about
 * run once.
 */
export function planOf(bench, budget, { rounds: asked, brief = false } = {}) {
  const goal = sidesWithGoal(budget, bench);
  const least = goal.size > 0 ? GOAL : NO_GOAL;
  const rounds = asked ?? bench.rounds ?? ROUNDS;
  const once = (name) => brief && !goal.has(name);
  return {
    rounds: asked === undefined && brief && goal.size === 0 ? 1 : rounds,
    roundsOf: (name) => asked ?? (once(name) ? 1 : (bench.sides[name].rounds ?? rounds)),
    enough: (done, tookMs, lastMs) =>
      asked === undefined && done >= FEWEST && (lastMs > LONG_ROUND_MS || (done >= least.rounds && tookMs > least.ms)),
  };
}

/** Seconds that a side of which nothing is known is taken to need for a round. */
const UNKNOWN_S = 1.5;

/** Seconds that a benchmark will take, by what its sides took in an earlier result. */
export function secondsOf(bench, plan, earlier) {
  const known = new Map(
    earlier?.benchmarks.find(({ name }) => name === bench.name)?.sides.map((side) => [side.name, side.wallSeconds]),
  );
  const names = Object.keys(bench.sides);
  const each = (name) => known.get(name) ?? UNKNOWN_S;
  let took = 0;
  let last = 0;
  for (let round = 0; round < plan.rounds && !plan.enough(round, took * 1000, last * 1000); round++) {
    last = names.filter((name) => round < plan.roundsOf(name)).reduce((sum, name) => sum + each(name), 0);
    took += last;
  }
  return took;
}

/** Says how far a run is. What is left is scaled by how the machine has kept to the estimate so far. */
export class Progress {
  constructor(seconds) {
    this.seconds = seconds;
    this.left = seconds.reduce((sum, s) => sum + s, 0);
    this.done = 0;
    this.planned = 0;
    this.took = 0;
  }

  /** The next benchmark took so many seconds. */
  finished(tookSeconds) {
    const planned = this.seconds[this.done++];
    this.left -= planned;
    this.planned += planned;
    this.took += tookSeconds;
  }

  toString() {
    const pace = this.planned === 0 ? 1 : this.took / this.planned;
    return `${this.done + 1} of ${this.seconds.length}, about ${durationText(this.left * pace)} left`;
  }
}

function durationText(seconds) {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}
