// Numbers over time: how many goroutines run, could run and wait, and the lengths that the Ms sampled.

import { Metric } from "./events.ts";
import { NumberList, SpanKind } from "./span-table.ts";

/** A step function: from time[i] on the value is value[i]. */
export interface Series {
  readonly key: string;
  readonly label: string;
  readonly time: Float64Array;
  readonly value: Float64Array;
  readonly max: number;
}

class Recording {
  readonly key: string;
  readonly label: string;
  readonly #time: NumberList = new NumberList();
  readonly #value: NumberList = new NumberList();
  #max = 0;
  now = 0;

  constructor(key: string, label: string) {
    this.key = key;
    this.label = label;
  }

  set(t: number, v: number): void {
    this.now = v;
    if (this.#time.last === t) this.#value.last = v;
    else if (this.#value.last !== v) {
      this.#time.push(t);
      this.#value.push(v);
    }
  }

  take(): Series {
    const value = this.#value.take();
    for (const v of value) this.#max = Math.max(this.#max, v);
    return { key: this.key, label: this.label, time: this.#time.take(), value, max: this.#max };
  }
}

/** Collects the series of one timeline. Those derived from states are exact; those of metrics are samples. */
export class SeriesSet {
  readonly #running: Recording = new Recording("running", "running");
  readonly #runnable: Recording = new Recording("runnable", "runnable");
  readonly #fresh: Recording = new Recording("fresh", "runnable, not started");
  readonly #waiting: Recording = new Recording("waiting", "waiting");
  readonly #metrics: Map<string, Recording> = new Map();

  enter(t: number, state: number, fresh: boolean): void {
    this.#move(t, state, fresh, 1);
  }

  leave(t: number, state: number, fresh: boolean): void {
    this.#move(t, state, fresh, -1);
  }

  metric(t: number, what: number, p: number, m: number, value: number): void {
    const where = p >= 0 ? `P${p}` : `M${m}`;
    if (what === Metric.Runq) this.#of(`runq ${where}`, `run queue of ${where}`).set(t, value);
    else if (what === Metric.Spawnq) this.#of(`spawnq ${where}`, `start queue of ${where}`).set(t, value);
    else if (what === Metric.GlobalRunq) this.#of("global", "global queue").set(t, value);
    else if (what === Metric.HeapUsed) this.#of(`heap M${m}`, `heap used on M${m}`).set(t, value);
    else if (what === Metric.Goroutines) this.#of("goroutines", "goroutines").set(t, value);
  }

  take(): Series[] {
    const all = [this.#running, this.#runnable, this.#fresh, this.#waiting, ...this.#metrics.values()];
    return all.map((r) => r.take());
  }

  #move(t: number, state: number, fresh: boolean, by: number): void {
    const r = state === SpanKind.Running ? this.#running : state === SpanKind.Runnable ? this.#runnable : this.#waiting;
    r.set(t, r.now + by);
    if (state === SpanKind.Runnable && fresh) this.#fresh.set(t, this.#fresh.now + by);
  }

  #of(key: string, label: string): Recording {
    let r = this.#metrics.get(key);
    if (r === undefined) {
      r = new Recording(key, label);
      this.#metrics.set(key, r);
    }
    return r;
  }
}
