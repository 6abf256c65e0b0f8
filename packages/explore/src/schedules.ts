// Every order of choices of a small program.
//
// The program asks choose(n) wherever the order is free (which runnable goroutine next, which ready case). Run again
// and again with another answer somewhere, it shows all its orders: depth first over the choices, the last one varied
// first. Where there are too many, a seed draws samples instead. A run is named by its choices, "0.2.1", and can be
// replayed by them; choices beyond the named ones are 0.

/** Picks one of n ways, 0 to n-1. */
export type Choose = (n: number) => number;

export interface ScheduleOptions {
  /** At most so many runs. Default 10,000. */
  readonly max?: number;
  /** Draws `max` random runs instead of enumerating. */
  readonly seed?: number;
  /** Runs only this schedule, e.g. "0.2.1". */
  readonly replay?: string;
}

export interface ScheduleFailure {
  /** Give it back as `replay`. */
  readonly schedule: string;
  /** The seed that drew it, if one did. */
  readonly seed: number | null;
  readonly error: unknown;
}

export interface ScheduleReport {
  readonly runs: number;
  /** True if there is no schedule that was not run. */
  readonly complete: boolean;
  readonly failure: ScheduleFailure | null;
}

/** Runs the synchronous body under every schedule, until one throws. */
export function exploreSchedules(body: (choose: Choose) => void, options: ScheduleOptions = {}): ScheduleReport {
  const plan = new Plan(options);
  while (plan.next()) {
    try {
      body(plan.choose);
    } catch (error) {
      plan.fail(error);
    }
  }
  return plan.report();
}

/** The same for a body that returns a promise. */
export async function exploreSchedulesAsync(
  body: (choose: Choose) => PromiseLike<void> | void,
  options: ScheduleOptions = {},
): Promise<ScheduleReport> {
  const plan = new Plan(options);
  while (plan.next()) {
    try {
      await body(plan.choose);
    } catch (error) {
      plan.fail(error);
    }
  }
  return plan.report();
}

/** Throws the report's failure, with its schedule, if it has one. Returns the report. */
export function mustPass(report: ScheduleReport): ScheduleReport {
  const f = report.failure;
  if (f === null) return report;
  const drawn = f.seed === null ? "" : ` (seed ${f.seed})`;
  const why = f.error instanceof Error ? f.error.message : String(f.error);
  throw new Error(`schedule ${f.schedule || "(no choice)"}${drawn}: ${why}`, { cause: f.error });
}

class Plan {
  readonly choose: Choose = (n) => this.pick(n);
  private readonly max: number;
  private readonly seed: number | null;
  private readonly replaying: boolean;
  private choices: number[];
  private arities: number[] = [];
  private made = 0;
  private runs = 0;
  private complete = false;
  private random: () => number = () => 0;
  private failure: ScheduleFailure | null = null;

  constructor(options: ScheduleOptions) {
    this.max = options.replay === undefined ? (options.max ?? 10_000) : 1;
    this.seed = options.seed ?? null;
    this.replaying = options.replay !== undefined;
    this.choices = options.replay ? options.replay.split(".").map(Number) : [];
  }

  /** Sets up the next run; false if there is none. */
  next(): boolean {
    if (this.failure !== null) return false;
    if (this.runs > 0 && !this.advance()) return false;
    if (this.runs === this.max) return false;
    this.runs++;
    this.made = 0;
    this.arities = [];
    if (this.seed !== null && !this.replaying) {
      this.choices = [];
      // Each run has its own stream, so that run k is the same whatever the runs before it did.
      this.random = randomOf(this.seed + (this.runs - 1) * 0x9e3779b9);
    }
    return true;
  }

  fail(error: unknown): void {
    const seed = this.replaying ? null : this.seed;
    this.failure = { schedule: this.choices.slice(0, this.made).join("."), seed, error };
  }

  report(): ScheduleReport {
    return { runs: this.runs, complete: this.complete, failure: this.failure };
  }

  private pick(n: number): number {
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`explore: expected choose(n) with n >= 1, got ${n}`);
    const at = this.made++;
    if (at === this.choices.length) this.choices.push(this.seed === null ? 0 : Math.floor(this.random() * n));
    this.arities.push(n);
    const choice = this.choices[at]!;
    if (choice >= n) {
      throw new RangeError(
        `explore: choice ${at} was ${choice} and is now one of ${n}: the program is not deterministic`,
      );
    }
    return choice;
  }

  /** Varies the last choice that has another way; false if all schedules have been run. */
  private advance(): boolean {
    if (this.replaying) return false;
    if (this.seed !== null) return true;
    let last = this.made - 1;
    while (last >= 0 && this.choices[last]! + 1 === this.arities[last]) last--;
    if (last < 0) {
      this.complete = true;
      return false;
    }
    this.choices = this.choices.slice(0, last + 1);
    this.choices[last] = this.choices[last]! + 1;
    return true;
  }
}

/** Numbers in [0, 1) from a seed. Source: Marsaglia's xorshift, 32 bits. */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}
