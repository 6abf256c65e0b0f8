// A host for tests: time moves only when told, macrotasks run only when told.
//
// `settle` runs everything that can run without time passing; `advance` moves the clock from timer to timer. With
// `choose` the order in which runnable goroutines run is a choice, so that an explorer can try every order.

import "./start-up.ts";

import type { G } from "./g.ts";
import { GQueue } from "./g-queue.ts";
import { handed } from "./handed.ts";
import type { Host } from "./host.ts";
import { kick } from "./kick.ts";
import { collectorLater } from "./leak-search.ts";
import { P } from "./p.ts";
import { Program } from "./program.ts";
import { rare } from "./rare.ts";
import type { Runnable } from "./run-queue.ts";
import { type Sched, sched } from "./sched.ts";
import { passFresh } from "./schedule.ts";
import { Timers } from "./timers.ts";

/** Turns of the microtask queue without a task that settleAll takes for the end. */
const QUIET_TURNS = 16;

export class VirtualHost implements Host {
  readonly kind = "virtual";
  private time: number;
  private tasks: (() => void)[];
  private background: { readonly at: number; readonly task: () => void }[];
  private deadline: number;
  private drained: ((signals: boolean) => boolean)[];
  readonly warnings: string[];
  readonly printed: string[];
  readonly unhandledErrors: unknown[];
  readonly variables: Map<string, string>;

  constructor() {
    this.time = 0;
    this.tasks = [];
    this.background = [];
    this.deadline = Number.POSITIVE_INFINITY;
    this.drained = [];
    this.warnings = [];
    this.printed = [];
    this.unhandledErrors = [];
    this.variables = new Map();
  }

  now(): number {
    return this.time;
  }
  post(task: () => void): void {
    this.tasks.push(task);
  }
  park(deadline: number): void {
    this.deadline = deadline;
  }
  unpark(): void {}
  onDrained(told: (signals: boolean) => boolean): void {
    this.drained.push(told);
  }
  later(ms: number, task: () => void): void {
    this.background.push({ at: this.time + ms, task });
  }
  warn(text: string): void {
    this.warnings.push(text);
  }
  print(text: string): void {
    this.printed.push(text);
  }
  env(name: string): string | undefined {
    return this.variables.get(name);
  }
  unhandled(error: unknown): void {
    this.unhandledErrors.push(error);
  }

  /** Whether a pass, or anything else, has been posted and not run. */
  get busy(): boolean {
    return this.tasks.length > 0;
  }
  /** The deadline that the scheduler asked for; Infinity if it waits for none. */
  get parkedUntil(): number {
    return this.deadline;
  }

  /** How many tasks given to later() have not run. */
  get pending(): number {
    return this.background.length;
  }

  /** Moves the clock without telling anybody: what runs next finds that so much time has passed. */
  spend(ms: number): void {
    this.time += ms;
  }

  /** Runs one posted task: one turn of an event loop. */
  turn(): void {
    this.tasks.shift()?.();
  }

  /** Runs posted tasks until there is none. Time stands still. */
  settle(): void {
    for (let task = this.tasks.shift(); task !== undefined; task = this.tasks.shift()) task();
  }

  /** The same, and lets promises settle in between, until neither has anything left. */
  async settleAll(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
      if (this.tasks.length > 0) quiet = 0;
      this.settle();
      await undefined;
    }
  }

  /** Settles, then moves the clock by `ms`, stopping at each timer on the way. */
  advance(ms: number): void {
    const end = this.time + ms;
    this.settle();
    for (;;) {
      const next = this.background.reduce((least, b) => Math.min(least, b.at), this.deadline);
      if (next > end) break;
      this.time = Math.max(this.time, next);
      if (this.deadline <= this.time) {
        this.deadline = Number.POSITIVE_INFINITY;
        passFresh();
      }
      const due = this.background.filter((b) => b.at <= this.time);
      this.background = this.background.filter((b) => b.at > this.time);
      for (const { task } of due) task();
      this.settle();
    }
    this.time = end;
  }

  /** Plays a host whose event loop has nothing left. True if it would have to stay alive. */
  drain(signals = false): boolean {
    this.settle();
    let stay = false;
    for (const told of this.drained) stay = told(signals) || stay;
    this.settle();
    return stay;
  }

  /** From now on `choose` picks which of n >= 2 runnable goroutines is the next to run. */
  choose(choose: (n: number) => number): void {
    sched.p.runq = new ChosenQueue(choose);
  }
}

/** A run queue without an order of its own. Who yielded stands in the global queue and is no later than the others. */
class ChosenQueue implements Runnable {
  runnext: G | null;
  private readonly ready: G[];
  private readonly pick: (n: number) => number;

  constructor(pick: (n: number) => number) {
    this.runnext = null;
    this.ready = [];
    this.pick = pick;
  }

  get length(): number {
    return this.ready.length;
  }
  put(g: G): number {
    this.ready.push(g);
    return 0;
  }
  shift(): G | null {
    const { ready } = this;
    for (let g = sched.globalq.shift(); g !== null; g = sched.globalq.shift()) ready.push(g);
    const n = ready.length;
    if (n === 0) return null;
    return ready.splice(n === 1 ? 0 : this.pick(n), 1)[0] as G;
  }
}

const KEPT = [
  "host",
  "p",
  "globalq",
  "timers",
  "ambient",
  "programs",
  "unjoined",
  "live",
  "collector",
  "ghosts",
  "sliceEnd",
  "lastLook",
] as const;

// Puts fresh queues, timers and programs in place; gives what stood there.
function save(): Pick<Sched, (typeof KEPT)[number]> {
  const saved = Object.fromEntries(KEPT.map((key) => [key, sched[key]])) as unknown as Pick<
    Sched,
    (typeof KEPT)[number]
  >;
  sched.p = new P();
  sched.globalq = new GQueue();
  sched.timers = new Timers();
  sched.ambient = new Program(0, { deadlock: "off" }, null);
  sched.programs = new Set();
  sched.unjoined = [];
  sched.live = 0;
  sched.collector = collectorLater(handed);
  sched.ghosts = null;
  sched.sliceEnd = 0;
  sched.lastLook = 0;
  sched.sliceOver = false;
  sched.m.posted = false;
  // Nothing is loaded in virtual time.
  sched.rare ??= rare;
  return saved;
}

/**
 * Runs body with a virtual host, empty run queues, no timers and no programs, and puts everything back: at once, or when
 * the promise that body returns has settled. Not for use inside a goroutine.
 */
export function withVirtualHost<T>(body: (host: VirtualHost) => T): T {
  const host = new VirtualHost();
  const saved = save();
  sched.host = host;
  const back = (): void => {
    Object.assign(sched, saved);
    sched.m.posted = false;
    if (sched.p.runq.length > 0 || sched.globalq.length > 0 || sched.timers.length > 0) kick();
  };
  let result: T;
  try {
    result = body(host);
  } catch (err) {
    back();
    throw err;
  }
  if (!(result instanceof Promise)) {
    back();
    return result;
  }
  return result.finally(back) as T;
}
