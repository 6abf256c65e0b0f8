// Gathering: what the goroutines of a program wait for, on all Ms, once none of them will act any more.
//
// By mail, which wakes each of them for the answer. What an answer leaves out, and who does not answer in time, is said.

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

/** What an M answers. */
interface Answer {
  readonly records: readonly GoroutineRecord[];
  /** How many it has besides. */
  readonly more: number;
}

interface Question {
  readonly asked: Set<number>;
  readonly records: GoroutineRecord[];
  /** What is missing, in words. */
  readonly left: string[];
  readonly told: (far: readonly GoroutineRecord[], left: readonly string[]) => void;
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
    const question: Question = { asked, records: [], left: [], told, timer };
    this.open.set(key, question);
    for (const m of asked)
      try {
        sendOrder(this.codec, m, { what: Control.Ask, m: here, at: key, value: undefined });
      } catch (err) {
        asked.delete(m);
        this.elide(question, m, err);
      }
    if (asked.size === 0) this.close(key);
  }

  private elide({ left }: Question, m: number, why: unknown): void {
    left.push(`...the goroutines of M${this.h.numberOf(this.s.mem, m)} elided: ${why}...`);
  }

  /** Mail: M `m` asks for the goroutines of a program of its. */
  answer({ m, at }: Order): void {
    const p = this.programs.standIn(at);
    const all = p === undefined ? [] : this.h.recordsOf(p);
    // The oldest, which are last: who started the others is among them.
    const records = all.slice(-MOST).map((r) => ({ ...r, m: this.programs.number }));
    const value: Answer = { records, more: all.length - records.length };
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
    const { records, more } = value as Partial<Answer>;
    for (const r of records ?? []) question.records.push(r);
    if ((more ?? 0) > 0)
      question.left.push(`...${more} additional goroutines of M${this.h.numberOf(this.s.mem, m)} elided...`);
    // What does not fit into the memory arrives as the error that says so.
    if (records === undefined) this.elide(question, m, value);
    if (question.asked.size === 0) this.close(at);
  }

  private close(key: number): void {
    const question = this.open.get(key);
    if (question === undefined) return;
    this.open.delete(key);
    clearTimeout(question.timer as number);
    for (const m of question.asked) this.elide(question, m, "it did not answer in time");
    question.told(question.records, question.left);
  }
}
