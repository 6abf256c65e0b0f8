// A host for tests: time moves only when told, macrotasks run only when told.
//
// `settle` runs everything that can run without time passing; `advance` moves the clock from timer to timer. With a
// `choose` callback the order in which runnable goroutines run is a choice, so that an explorer can try every order.

import type { Host } from "./host.ts";
import { sched } from "./sched.ts";
import { passFresh } from "./schedule.ts";

export class VirtualHost implements Host {
  readonly kind = "virtual";
  private time: number;
  private tasks: (() => void)[];
  private deadline: number;
  private drained: (() => void)[];
  readonly warnings: string[];
  readonly unhandledErrors: unknown[];

  constructor() {
    this.time = 0;
    this.tasks = [];
    this.deadline = Number.POSITIVE_INFINITY;
    this.drained = [];
    this.warnings = [];
    this.unhandledErrors = [];
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
  unpark(): void {
    this.deadline = Number.POSITIVE_INFINITY;
  }
  onDrained(told: () => void): void {
    this.drained.push(told);
  }
  warn(text: string): void {
    this.warnings.push(text);
  }
  unhandled(error: unknown): void {
    this.unhandledErrors.push(error);
  }

  /** Runs posted tasks until there is none. Time stands still. */
  settle(): void {
    for (let task = this.tasks.shift(); task !== undefined; task = this.tasks.shift()) task();
  }

  /** Settles, then moves the clock by `ms`, stopping at each timer on the way. */
  advance(ms: number): void {
    const end = this.time + ms;
    this.settle();
    while (this.deadline <= end) {
      this.time = Math.max(this.time, this.deadline);
      this.deadline = Number.POSITIVE_INFINITY;
      sched.m.posted = false;
      passFresh();
      this.settle();
    }
    this.time = end;
  }

  /** Plays a host whose event loop has nothing left. */
  drain(): void {
    this.settle();
    for (const told of this.drained) told();
    this.settle();
  }
}

/**
 * Runs body with a virtual host, empty run queues and no timers, and puts everything back. Not for use inside a
 * goroutine.
 */
export function withVirtualHost<T>(body: (host: VirtualHost) => T): T {
  const host = new VirtualHost();
  const saved = sched.save();
  sched.host = host;
  try {
    return body(host);
  } finally {
    sched.restore(saved);
  }
}
