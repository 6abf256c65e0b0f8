// Program: the goroutines that one run() owns; or the ambient one, which never ends and owns the rest.
//
// A goroutine belongs to the program of its creator. When main returns, run cancels the others, waits until they have
// unwound, or for a second, and then settles (go#5, with the difference that finally blocks do run).

import { DeadlockError, GrError, printValue } from "./errors.ts";
import type { G } from "./g.ts";
import { Fcancelled, Ffailed, Fgoexit, Fjoined, Fweak, Gdead } from "./g-status.ts";
import { outcome } from "./join.ts";
import type { Ghosts, LeakedGoroutine, LeakReport } from "./leaks.ts";
import { loadRare, worded } from "./rare-later.ts";
import { sched } from "./sched.ts";
import { Timer } from "./timers.ts";

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

/** What goroutines that outlive main are cancelled with. */
class ProgramEnded extends GrError {
  override readonly name = "ProgramEnded";
  readonly code = "GR_PROGRAM_ENDED";
}

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
  private readonly settle: ((p: Program) => void) | null;

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
    this.live--;
    this.ends++;
    if ((g.flags & Fweak) === 0) this.unlink(g);
    else (sched.ghosts as Ghosts).ended(g);
    if (g === this.main && (g.flags & (Fgoexit | Ffailed)) !== Fgoexit) this.end();
    else this.fewer();
    if (this.ending && this.live === 0) this.finish();
  }

  /** Owner thread only. One that has no object here has ended; or one that nobody could wake was collected. */
  gone(): void {
    this.live--;
    this.ends++;
    sched.live--;
    this.fewer();
    if (this.ending && this.live === 0) this.finish();
  }

  private fewer(): void {
    if (this.live === 0 && this.main !== null) this.lastEnded();
  }

  // Main called goexit and the rest has finished too (go#135).
  private lastEnded(): void {
    if (this.ending || (this.main as G).statusCode !== Gdead) return;
    this.takeUnjoined();
    if (!this.ending) this.stuck("no goroutines (main called goexit) - deadlock!");
  }

  /** Scheduler side. Nobody will ever go on. */
  stuck(message: string, dump = "", cycle = ""): void {
    this.fail(new DeadlockError(message, dump, cycle));
  }

  /** Goroutine side. An async function was cancelled: it cannot be stopped, only named. */
  detach(g: G, promise: PromiseLike<unknown>): void {
    if (this.settle === null || this.settled) return;
    const waitReason = "an async function, which cannot be cancelled and runs on";
    const entry = { id: g.id, name: g.name, waitReason, site: undefined };
    this.detached ??= new Set();
    this.detached.add(entry);
    const forget = (): void => void this.detached?.delete(entry);
    promise.then(forget, forget);
  }

  /** Scheduler side. The program is over: cancels what is left. */
  end(): void {
    if (this.ending) return;
    this.ending = true;
    this.live += sched.peers?.programEnded(this) ?? 0;
    const reason = new ProgramEnded("the program has ended");
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

  // The program has an error already; a second one must not get lost.
  private alsoFailed(err: unknown): void {
    worded(() => {
      const text = err instanceof Error ? (err.stack ?? err.message) : printValue(err);
      sched.host.warn(`run: another error, after the one that ended the program: ${text}`);
    });
  }

  /** Scheduler side. Waits no longer for those that are left. */
  finish(): void {
    if (this.settled) return;
    this.takeUnjoined();
    if (this.failedByOther && this.mainFailed()) this.alsoFailed((this.main as G).value);
    this.settled = true;
    if (this.budget !== null) sched.timers.stop(this.budget);
    sched.programs.delete(this);
    if (sched.rare === null && this.left() > 0) void loadRare();
    worded(() => {
      const { rare } = sched;
      // What did not end within the budget is told first.
      if (rare !== null && this.left() > 0) this.tell(rare.unended(this));
      this.settle?.(this);
    });
  }
  private left(): number {
    return this.live + (this.detached?.size ?? 0);
  }

  // Nobody is left who could join those that failed in this pass.
  private takeUnjoined(): void {
    for (const g of sched.unjoined) {
      if (g.program !== this || g === this.main || (g.flags & Fjoined) !== 0) continue;
      g.flags |= Fjoined;
      this.fail(g.value);
    }
  }

  /** Scheduler side. Hands a report to whoever asked for it, else to the developer. */
  tell(report: LeakReport): void {
    try {
      if (this.onLeak !== undefined) this.onLeak(report);
      else sched.host.warn(report.text);
    } catch (err) {
      sched.host.unhandled(err);
    }
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
