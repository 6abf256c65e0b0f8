// Makes traces by hand: a script of events per M, in microseconds.

import { Ev, GStatus, packHead } from "../src/events.ts";
import { type Stream, Trace, type TraceHeader, traceHeader } from "../src/trace.ts";

/** One M's script. Every call appends one record; `at` sets the time of those that follow. */
export class MScript {
  readonly m: number;
  readonly #words: number[] = [];
  readonly #strings: string[] = [""];
  #ticks = 0;
  baseNs = 0;
  lost = 0;

  constructor(m: number) {
    this.m = m;
  }

  /** Time of the records that follow, in µs. */
  at(us: number): this {
    this.#ticks = Math.round(us * 10);
    return this;
  }

  event(kind: number, how: number, x: number, g: number, b: number): this {
    this.#words.push(this.#ticks, packHead(kind, how, x), g, b);
    return this;
  }

  string(text: string): number {
    const known = this.#strings.indexOf(text, 1);
    return known > 0 ? known : this.#strings.push(text) - 1;
  }

  procStart(p: number): this {
    return this.event(Ev.ProcStart, 0, 0, 0, p);
  }
  procStop(p: number, how = 0): this {
    return this.event(Ev.ProcStop, how, 0, 0, p);
  }
  create(by: number, g: number, name: string): this {
    return this.event(Ev.GoCreate, 0, this.string(name), by, g);
  }
  start(g: number): this {
    return this.event(Ev.GoStart, 0, 0, g, 0);
  }
  gosched(g: number): this {
    return this.event(Ev.GoStop, 0, 0, g, 0);
  }
  block(g: number, reason: number): this {
    return this.event(Ev.GoBlock, reason, 0, g, 0);
  }
  unblock(g: number, by: number): this {
    return this.event(Ev.GoUnblock, 0, 0, g, by);
  }
  end(g: number, how = 0): this {
    return this.event(Ev.GoEnd, how, 0, g, 0);
  }
  waits(g: number, reason: number): this {
    return this.event(Ev.GoStatus, GStatus.Waiting, reason, g, 0);
  }

  stream(): Stream {
    const { m, baseNs, lost } = this;
    return { m, baseNs, lost, records: Uint32Array.from(this.#words), strings: [...this.#strings] };
  }
}

export function traceOf(scripts: readonly MScript[], header: Partial<TraceHeader> = {}): Trace {
  return new Trace(
    traceHeader({ gomaxprocs: scripts.length, ...header }),
    scripts.map((s) => s.stream()),
  );
}
