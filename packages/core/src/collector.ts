// The collector: the runtime's own goroutine that registers parked goroutines late, and reports those that leaked.
//
// It sleeps until something has been started or woken, and looks a second later who is parked. What a look does is in
// leak-search.ts, loaded by the first one. It never keeps the process alive, and when everybody is registered it does
// not wake up at all.

import type { G } from "./g.ts";
import { Fseen, Fsystem, Fweak } from "./g-status.ts";
import { startSystem } from "./go.ts";
import type { Search, SearchParts } from "./leak-search.ts";
import type { Coroutine } from "./op.ts";
import { OpBase } from "./op-base.ts";
import { Done, sched } from "./sched.ts";
import type { Waiter } from "./wait-queue.ts";
import * as Wait from "./waits.ts";

/** Time between two looks at who is parked. */
const LOOK_MS = 1000;

let Loaded: typeof Search | null = null;
let loading: Promise<void> | null = null;

/** Any point of the owner thread. Loads what a look needs; it does so by itself, but not before a second has passed. */
export function loadSearch(): Promise<void> {
  loading ??= import("./leak-search.ts").then(
    (module) => {
      Loaded = module.Search;
    },
    (err) => sched.host.warn(`leaks are not looked for: ${err}`),
  );
  return loading;
}

/** The Op in which the collector's goroutine waits for work. */
export class Collector extends OpBase<void> {
  readonly g: G;
  /** It is time to look. */
  due: boolean;
  private search: Search | null;
  private waiter: Waiter | null;
  /** The host will say that it is time. */
  private armed: boolean;

  constructor() {
    super();
    this.due = false;
    this.search = null;
    this.waiter = null;
    this.armed = false;
    this.g = startSystem("collector", () => this.work());
  }

  /** Scheduler side. Something was started or woken: looks in a second, or in `ms`. */
  stir(ms: number = LOOK_MS): void {
    if (this.armed) return;
    this.armed = true;
    sched.host.later(ms, () => {
      this.armed = false;
      this.due = true;
      if (this.begun()) this.wakeUp();
      else void loadSearch().then(() => this.begun() && this.wakeUp());
    });
  }

  /** Owner thread only. There is something to do. */
  wakeUp(): void {
    const w = this.waiter;
    if (w === null || !w.party.claim()) return;
    this.waiter = null;
    w.party.wake(w);
  }

  private begun(): boolean {
    if (Loaded === null) return false;
    const parts: SearchParts = { sched, Fseen, Fsystem, Fweak, Sleep: Wait.Sleep };
    this.search ??= new Loaded(this, parts);
    return true;
  }

  private *work(): Coroutine<void> {
    for (;;) {
      yield* this;
      yield* (this.search as Search).step();
    }
  }

  get reason(): number {
    return Wait.System;
  }
  override hostWakes(): boolean {
    return true;
  }
  poll(): boolean {
    if (!this.search?.asked) return false;
    Done.value = undefined;
    return true;
  }
  enqueue(w: Waiter): void {
    this.waiter = w;
  }
  dequeue(): void {
    this.waiter = null;
  }
}

/** The collector of this isolate, started when first asked for. */
export function collector(): Collector {
  sched.collector ??= new Collector();
  return sched.collector as Collector;
}
