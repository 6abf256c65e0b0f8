// Program: the goroutines that one run() owns; or the ambient one, which never ends and owns the rest.
//
// A goroutine belongs to the program of its creator. When main returns, run cancels the others, waits until they have
// unwound, or for a second, and then settles (go#5, with the difference that finally blocks do run).

import { CancelledError, DeadlockError } from "./errors.ts";
import type { G } from "./g.ts";
import { Fcancelled, Ffailed, Fgoexit, Fweak, Gdead } from "./g-status.ts";
import { outcome } from "./join.ts";
import type { Ghosts, LeakedGoroutine, LeakReport } from "./leaks.ts";
import { loadRare, rarely, worded } from "./rare-later.ts";
import { sched } from "./sched.ts";
import { Timer } from "./timers.ts";
import { surface } from "./unjoined.ts";

/** When a program in which nobody can go on is told so. See docs/deviations.md. */
export type DeadlockMode = "exact" | "closed" | "off";

export interface RunOptions {
  /**
   * "exact" (default): DeadlockError when the host's event loop has drained (Node; browsers cannot know).
   * "closed": the caller promises that nothing outside wakes these goroutines: judged by counts, at once, anywhere.
   * "off": never.
   */
  readonly deadlock?: DeadlockMode | undefined;
  /** Told of goroutines that leaked, and of those that could not be ended after main returned. Default: a warning. */
  readonly onLeak?: ((report: LeakReport) => void) | undefined;
}

/**
 * Milliseconds that run waits for the rest to unwind: the second in which their operations work, and a moment to feel
 * its end.
 */
const END_BUDGET_MS = 1050;

export class Program {
  readonly id: number;
  readonly deadlock: DeadlockMode;
  readonly onLeak: ((report: LeakReport) => void) | undefined;
  /** Live goroutines of this isolate; once it is ending also Ms that have some. See Peers.programEnded. */
  live: number;
  first: G | null;
  /** How many have ended. */
  private ends: number;
  /** How many of them are held weakly. */
  ghosts: number;
  /** Where the collector's look at the list goes on. */
  sweepAt: G | null;
  main: G | null;
  /** Main has ended, or the program was ended by a panic or a deadlock: the rest is being unwound. */
  ending: boolean;
  settled: boolean;
  /** Set where this is the far side of a program of another M: takes failures home. */
  home: ((err: unknown) => void) | null;
  /** See deadlock.ts: a goroutine that could go on at the last look. */
  awake: G | null;
  /** Judged a deadlock; its report is being gathered. */
  doomed: boolean;
  private failure: unknown;
  private failedByOther: boolean;
  private budget: Timer | null;
  /** Async functions that were cancelled and run on, as the goroutine they were; and what did not end on other Ms. */
  detached: Set<LeakedGoroutine> | null;
  /** Who waits for its end; null for the ambient one and for the far side of one. */
  readonly settle: ((p: Program) => void) | null;

  constructor(id: number, options: RunOptions, settle: ((p: Program) => void) | null) {
    this.id = id;
    this.deadlock = options.deadlock ?? "exact";
    this.onLeak = options.onLeak;
    this.live = 0;
    this.ends = 0;
    this.first = null;
    this.ghosts = 0;
    this.sweepAt = null;
    this.main = null;
    this.ending = false;
    this.settled = false;
    this.home = null;
    this.awake = null;
    this.doomed = false;
    this.failure = undefined;
    this.failedByOther = false;
    this.budget = null;
    this.detached = null;
    this.settle = settle;
  }

  /** Owner thread only. g was made. */
  began(g: G): void {
    this.live++;
    sched.stirred = true;
    g.allnext = this.first;
    if (this.first !== null) this.first.allprev = g;
    this.first = g;
  }

  /** Scheduler side. Takes g off the list through the goroutines themselves. */
  unlink(g: G): void {
    const { allnext } = g;
    const allprev = g.allprev as G | null;
    if (this.sweepAt === g) this.sweepAt = allnext;
    if (allprev === null) this.first = allnext;
    else allprev.allnext = allnext;
    if (allnext !== null) allnext.allprev = allprev;
    g.allnext = null;
    g.allprev = null;
  }

  /** Scheduler side. g has ended. */
  ended(g: G): void {
    if ((g.flags & Fweak) === 0) this.unlink(g);
    else (sched.ghosts as Ghosts).ended(g);
    this.fewer(g === this.main && (g.flags & (Fgoexit | Ffailed)) !== Fgoexit);
  }

  /** Owner thread only. One that has no object here has ended; or one that nobody could wake was collected. */
  gone(): void {
    sched.live--;
    this.fewer(false);
  }

  // `over`: and so the program ends.
  private fewer(over: boolean): void {
    this.live--;
    this.ends++;
    if (over) this.end();
    else if (this.live === 0 && !this.ending && this.main?.statusCode === Gdead) {
      // Main called goexit and the rest has finished too (go#135).
      surface(this);
      if (!this.ending) this.stuck("no goroutines (main called goexit) - deadlock!");
    }
    if (this.ending && this.live === 0) this.finish();
  }

  /** Scheduler side. Nobody will ever go on. */
  stuck(message: string, dump = "", cycle = ""): void {
    this.fail(new DeadlockError(message, dump, cycle));
  }

  /** Scheduler side. The program is over: cancels what is left. */
  end(): void {
    if (this.ending) return;
    this.ending = true;
    this.live += sched.peers?.programEnded(this) ?? 0;
    const reason = new CancelledError("what was left of the program", undefined);
    for (const g of this) g.cancel(reason);
    if (this.live === 0) this.finish();
    else this.waitForRest();
  }

  // As long as some end (there may be more than before: a finally block's scope has its own): each has a second from its own unwinding on, and of a million the last begins late.
  private waitForRest(): void {
    const before = this.ends;
    const over = (): void => (this.ends > before ? this.waitForRest() : this.finish());
    this.budget = new Timer(sched.host.now() + END_BUDGET_MS, over, null);
    sched.timers.add(this.budget);
  }

  /** Scheduler side. Ends the program with an error that is not main's own. */
  fail(err: unknown): void {
    if (this.home !== null) {
      this.home(err);
      return;
    }
    if (this.settled || this.failedByOther || (this.ending && this.mainFailed())) this.alsoFailed(err);
    else {
      this.failure = err;
      this.failedByOther = true;
      this.end();
    }
  }

  private mainFailed(): boolean {
    return this.main !== null && (this.main.flags & Ffailed) !== 0;
  }
  private alsoFailed(err: unknown): void {
    rarely((rare) => rare.alsoFailed(sched, err));
  }

  /** Scheduler side. Waits no longer for those that are left. */
  finish(): void {
    if (this.settled) return;
    surface(this);
    if (this.failedByOther && this.mainFailed()) this.alsoFailed((this.main as G).value);
    this.settled = true;
    if (this.budget !== null) sched.timers.stop(this.budget);
    sched.programs.delete(this);
    if (this.live > 0) void loadRare();
    worded(() => {
      // What did not end within the budget is told first.
      if (this.live > 0 || this.detached !== null) sched.rare?.unended(sched, this);
      this.settle?.(this);
    });
  }

  /** The outcome of a settled program: main's result, or the throw that stands for it. */
  result(): unknown {
    if (this.failedByOther) throw this.failure;
    const main = this.main as G;
    return (main.flags & (Ffailed | Fcancelled)) === 0 ? main.value : outcome(main);
  }

  /** The live goroutines of this thread. Those that end meanwhile do no harm. */
  *[Symbol.iterator](): Generator<G> {
    sched.peers?.listUnheld(this);
    yield* this.held();
  }

  /** But for those that have no object here (told.ts), which the host can never wake. */
  *held(): Generator<G> {
    for (let g = this.first; g !== null; ) {
      const next: G | null = g.allnext;
      yield g;
      g = next;
    }
    if (sched.ghosts !== null) yield* sched.ghosts.of(this);
  }
}
