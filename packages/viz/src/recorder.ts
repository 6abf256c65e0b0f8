// The sink that core's trace hook calls: turns events into records of a ring.
//
// The clock is the dear part (70-145 ns; a write is 4-13), so it is read once per stamp(), which core calls once per
// switch; the events in between share it. Nothing here allocates but the string table, once per distinct text.

import { packHead, TICK_NS } from "./events.ts";

/** Where a recorder writes, as @gr/shm's TraceWriter does. The oldest records give way when it is full. */
export interface TraceRing {
  /** Owner thread only. Appends one record. */
  write(w0: number, w1: number, w2: number, w3: number): void;
  /** Owner thread only. Makes what was written visible to readers. */
  publish(): void;
}

/** The shape of core's TraceSink. */
export interface Sink {
  stamp(): void;
  event(kind: number, how: number, x: number, g: number, b: number): void;
  string(text: string): number;
}

/** A sink with the string table that belongs to its ring. */
export interface Recorder extends Sink {
  readonly m: number;
  /** Wall clock of tick 0, ms since 1970 with fractions: what puts the rings of several Ms on one clock. */
  readonly baseMs: number;
  /** Texts by id; index 0 is unused. */
  readonly strings: readonly string[];
}

/** What a recorder may be told instead of the platform's own. */
export interface RecorderOptions {
  /** A clock in ms; `performance.now` unless given. */
  readonly nowMs?: () => number;
  /** Hears of each new text once, for a thread that must tell another one. */
  readonly onString?: (id: number, text: string) => void;
}

const MAX_STRINGS = 0xffff;
const TICKS_PER_MS = 1e6 / TICK_NS;

/** Owner thread only. A recorder for M `m` that writes to `ring`. Each M calls this for its own ring. */
export function recorderFor(ring: TraceRing, m: number, options: RecorderOptions = {}): Recorder {
  const nowMs = options.nowMs ?? (() => performance.now());
  const originMs = options.nowMs === undefined ? performance.timeOrigin : 0;
  const base = nowMs();
  const ids = new Map<string, number>();
  const strings: string[] = [""];
  let ticks = 0;
  return {
    m,
    baseMs: originMs + base,
    strings,
    stamp(): void {
      ticks = ((nowMs() - base) * TICKS_PER_MS) >>> 0;
      ring.publish();
    },
    event(kind, how, x, g, b): void {
      ring.write(ticks, packHead(kind, how, x), g >>> 0, b >>> 0);
    },
    string(text): number {
      const known = ids.get(text);
      if (known !== undefined) return known;
      // The column has 16 bits: texts beyond them share one entry that says so.
      if (strings.length > MAX_STRINGS) return MAX_STRINGS;
      const id = strings.length;
      const kept = id === MAX_STRINGS ? "(too many names)" : text;
      ids.set(text, id);
      strings.push(kept);
      options.onString?.(id, kept);
      return id;
    },
  };
}
