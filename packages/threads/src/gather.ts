// Gathering: what the goroutines of a program wait for, on all Ms, once none of them will act any more.
//
// By mail, which wakes each of them for the answer. One that does not answer in time is left out.

import type { GoroutineRecord, Program } from "@gr/core/internal";
import type { Codec } from "@gr/shm";
import type { Order } from "./control.ts";
import * as Control from "./control-kinds.ts";
import type { FarPrograms } from "./far-programs.ts";
import type { Group } from "./group.ts";
import type { Handed } from "./handed.ts";
import * as w from "./layout-words.ts";
import * as MState from "./m-state.ts";

/** Milliseconds that an M has for its answer. They sleep, so it takes one. */
const PATIENCE_MS = 1000;
/** Goroutines in one answer: each costs some hundred bytes of shared memory. */
const MOST = 10_000;

interface Question {
  readonly asked: Set<number>;
  readonly records: GoroutineRecord[];
  readonly told: (far: readonly GoroutineRecord[]) => void;
  readonly timer: unknown;
}

export class Gathering {
  private readonly h: Handed;
  private readonly s: Group;
  private readonly codec: Codec;
  private readonly programs: FarPrograms;
  /** By the program's key. */
  private readonly open: Map<number, Question>;

  constructor(h: Handed, s: Group, codec: Codec, programs: FarPrograms) {
    this.h = h;
    this.s = s;
    this.codec = codec;
    this.programs = programs;
    this.open = new Map();
  }

  /** Owner thread only. Calls back once, with the goroutines of p on other Ms. */
  ask(p: Program, told: Question["told"]): void {
    const { ops, mSlot, sendOrder } = this.h;
    const { mem, m: here } = this.s;
    const key = this.programs.keyOf(p);
    const asked = new Set<number>();
    for (let m = 0; m < ops.load(mem, w.NMS); m++)
      if (m !== here && ops.load(mem, mSlot(m) + w.M_STATE) !== MState.None) asked.add(m);
    const timer = setTimeout(() => this.close(key), PATIENCE_MS);
    this.open.set(key, { asked, records: [], told, timer });
    for (const m of asked)
      try {
        sendOrder(this.codec, m, { what: Control.Ask, m: here, at: key, value: undefined });
      } catch {
        asked.delete(m);
      }
    if (asked.size === 0) this.close(key);
  }

  /** Mail: M `m` asks for the goroutines of a program of its. */
  answer({ m, at }: Order): void {
    const p = this.programs.standIn(at);
    const far = p === undefined ? [] : this.h.recordsOf(p).slice(0, MOST);
    const value = far.map((r) => ({ ...r, m: this.programs.number }));
    try {
      this.h.sendOrder(this.codec, m, { what: Control.Answer, m: this.s.m, at, value });
    } catch {
      // No room for it, which may be why all are stuck: the question has its time limit, and the report what there is.
    }
  }

  /** Mail: the answer of M `m`. */
  answered({ m, at, value }: Order): void {
    const question = this.open.get(at);
    if (question === undefined || !question.asked.delete(m)) return;
    // What does not fit into the memory arrives as the error that says so.
    if (Array.isArray(value)) question.records.push(...(value as GoroutineRecord[]));
    if (question.asked.size === 0) this.close(at);
  }

  private close(key: number): void {
    const question = this.open.get(key);
    if (question === undefined) return;
    this.open.delete(key);
    clearTimeout(question.timer as number);
    question.told(question.records);
  }
}
