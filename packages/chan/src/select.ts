// select: performs exactly one of several operations.
//
// What.  Any Op is a case; undefined, null and false are Go's nil channel, never ready; `default: true` makes it
//        non-blocking. The choice among the ready is uniform.
// Words. case waiter: the waiter that this select leaves with one of its operations. own: the waiter that select itself
//        was given. loser: a case that did not win. late: a case that may run the user's code as it is queued; it comes
//        last, so that what that code makes ready finds the others' waiters (not those of a second select among the
//        cases that is late itself).
// How.   Pass 1 polls the cases in a random order and takes the first that completes. Pass 2 leaves one waiter per case,
//        all of one party. Pass 3, when the party has been woken by one of them, takes the losers back and finishes the
//        winner. SelectOp is itself an Op, so that a select can be awaited, timed out, or be a case of another. Hot path.
// Invariants.
//   I1  Exactly one case takes effect: wakers claim the party first, and exactly one claim succeeds (go#64).
//   I2  After select returns, none of its waiters is on any queue (go#51); removal is O(1) each.
//   I3  A case that lost had no effect: dequeue loses no value.
//   I4  default is chosen only if no case was ready at one instant (go#59). On one thread pass 1 polls all with nothing
//       in between. Where other threads take part, a case may become ready behind the poll that found it blocked, while
//       another stops being so before its poll. So a round that found nothing counts only if nothing became ready from
//       its first poll to its last (OpBase.version): then a case found blocked stayed so, and at the last poll all were.
//        The same holds on one thread for what the user's code made ready, if a poll ran any (sched.ran), also before pass 2.
//   I5  A case waiter is kept for another select only after its own has left all queues and read the outcome, if any.
// The hard part. Fairness. Polling in a fixed order starves the later cases; polling from a random start favours the
//        case behind a run of unready ones. A fresh random permutation makes the first ready one uniform among the ready.
//        The shuffle is done step by step while polling, so that the usual early hit costs one random number, and goes
//        on from the last select's permutation: from whatever order it starts, the outcome is uniform.
// Rejected. Promise.race (losers eat values); asking each case whether it is ready and choosing afterwards (two calls a
//        case, and a case that is ready need not stay so across threads).
// Sources. Go's select.go (pollorder, three passes, selectDone); Reppy's Concurrent ML.

import type { Op, RecvOp, Yielded } from "@gr/core";
import {
  CaseWaiter,
  caseOf,
  Done,
  expected,
  interrupt,
  OpBase,
  park,
  random,
  sched,
  toOp,
  Wait,
  type Waiter,
  type WaitWords,
} from "@gr/core/internal";

/** One case: an operation, or (the last three) a case that is never ready. */
export type Case = Op<unknown> | undefined | null | false;
/** `true` is for `default` only. */
export type Cases = readonly Case[] | { readonly [name: string]: Case | true };

type Arm<K, C> =
  C extends RecvOp<infer T>
    ?
        | { readonly key: K; readonly value: T; readonly ok: true }
        | { readonly key: K; readonly value: undefined; readonly ok: false }
    : C extends Op<infer T>
      ? { readonly key: K; readonly value: T; readonly ok: true }
      : never;
type DefaultArm = { readonly key: "default"; readonly value: undefined; readonly ok: false };
type IndexKey<K> = K extends `${infer N extends number}` ? N : number;

/** What select gives: a union discriminated by `key`. */
export type Selected<C> = C extends readonly unknown[]
  ? { [I in keyof C]: Arm<IndexKey<I>, C[I]> }[number]
  : {
      [K in keyof C]-?: K extends "default" ? (true extends C[K] ? DefaultArm : never) : Arm<K, C[K]>;
    }[keyof C];

interface Outcome {
  readonly key: string | number;
  readonly value: unknown;
  readonly ok: boolean;
}
const DEFAULT: Outcome = Object.freeze({ key: "default", value: undefined, ok: false });

/** Pure: who does not select needs none. */
const numbers = /* @__PURE__ */ random();

const NONE: never[] = [];
/** The keys of the last select of two cases: most often the next one, in a loop, has the same. */
let lastKeys: (string | number)[] = NONE;

/** Selects with more cases than this make a permutation of their own. */
const MAX_KEPT = 1024;
/** A permutation of 0 … n - 1 for each n, shuffled further by each poll; null while one is polling. */
const orders: (number[] | null | undefined)[] = [];

export class SelectOp extends OpBase<Outcome> {
  hasDefault: boolean;
  private keys: (string | number)[];
  private ops: OpBase<unknown>[];
  /** The first case, until there is a second or no more come. */
  private firstKey: string | number;
  private first: OpBase<unknown> | null;

  constructor(hasDefault: boolean) {
    super();
    this.hasDefault = hasDefault;
    this.keys = NONE;
    this.ops = NONE;
    this.firstKey = 0;
    this.first = null;
  }

  // An array that grows by push begins with room for 17. Nearly all selects have two cases; arrays of that size, made at
  // once, take a fifth off a select that is ready.
  add(key: string | number, value: unknown): void {
    if (value === undefined || value === null || value === false) return;
    const op = toOp(value);
    if (op === null) throw notAnOperation(key, value);
    const first = this.first;
    if (first !== null) {
      const { firstKey } = this;
      if (lastKeys[1] !== key || lastKeys[0] !== firstKey) lastKeys = [firstKey, key];
      this.keys = lastKeys;
      this.ops = [first, op];
      this.first = null;
    } else if (this.ops === NONE) {
      this.firstKey = key;
      this.first = op;
    } else {
      // Those of two may be other selects' too.
      if (this.ops.length === 2) this.keys = this.keys.slice();
      this.keys.push(key);
      this.ops.push(op);
    }
  }

  /** No more cases come. */
  seal(): this {
    const first = this.first;
    if (first !== null) {
      this.keys = [this.firstKey];
      this.ops = [first];
      this.first = null;
    }
    return this;
  }

  // A select with one case is the plain operation, also in its wait reason (go#66).
  get reason(): number {
    const { ops } = this;
    if (ops.length === 1) return (ops[0] as OpBase<unknown>).reason;
    return ops.length === 0 ? Wait.SelectNoCases : Wait.Select;
  }
  override get object(): number {
    return this.ops.length === 1 ? (this.ops[0] as OpBase<unknown>).object : 0;
  }
  override hostWakes(own: Waiter): boolean {
    return this.ops.some((op) => op.hostWakes(own));
  }
  override describe(words: WaitWords): string {
    if (this.ops.length === 0) return super.describe(words);
    return `select of ${this.ops.map((op) => op.describe(words)).join(", ")}`;
  }

  override get version(): number {
    const { ops } = this;
    let sum = 0;
    for (let i = 0; i < ops.length; i++) sum += (ops[i] as OpBase<unknown>).version;
    return sum;
  }

  override get late(): boolean {
    return this.ops.some((op) => op.late);
  }

  // OpBase's next, with calls that engines can inline.
  override next(resumed?: Waiter): IteratorResult<Yielded, Outcome> {
    if (resumed !== undefined) return this.resume(resumed);
    if (--sched.fuel < 0) {
      const held = interrupt();
      if (held !== null) return held as IteratorResult<Yielded, Outcome>;
    }
    return (this.poll() ? Done : park(this)) as IteratorResult<Yielded, Outcome>;
  }

  // Pass 1: take the first case, in random order, that can proceed now.
  poll(): boolean {
    for (let before = this.seen(); !this.round(); ) {
      const after = this.seen();
      if (after === before) {
        Done.value = DEFAULT;
        return this.hasDefault;
      }
      before = after;
    }
    return true;
  }

  // Where it may wait, a case that another thread makes ready is found when it is queued.
  private seen(): number {
    return this.hasDefault ? sched.ran + this.version : sched.ran;
  }

  private round(): boolean {
    const { ops } = this;
    const n = ops.length;
    if (n === 2) {
      const k = numbers.bit();
      return this.take(k) || this.take(1 - k);
    }
    if (n === 1) return this.take(0);
    if (n > 0) {
      const order = orders[n] ?? newOrder(n);
      orders[n] = null;
      const ready = this.pollIn(order, n);
      if (n <= MAX_KEPT) orders[n] = order;
      if (ready) return true;
    }
    return false;
  }

  private pollIn(order: number[], n: number): boolean {
    for (let i = 0; i < n; i++) {
      let k = order[i] as number;
      if (i + 1 < n) {
        const j = i + numbers.below(n - i);
        const swap = k;
        k = order[j] as number;
        order[j] = swap;
        order[i] = k;
      }
      if (this.take(k)) return true;
    }
    return false;
  }

  private take(k: number): boolean {
    const op = this.ops[k] as OpBase<unknown>;
    if (!op.poll()) return false;
    const ok = op.receives ? Done.ok : true;
    Done.value = { key: this.keys[k] as string | number, value: Done.value, ok };
    return true;
  }

  // Pass 2: wait on every case at once. The waiters are a list, last case first.
  enqueue(w: Waiter): void {
    const { ops } = this;
    const order = sched.lates ? lateLast(ops) : null;
    let head: CaseWaiter | null = null;
    try {
      for (let k = 0; k < ops.length; k++) {
        const i = order === null ? k : (order[k] as number);
        const op = ops[i] as OpBase<unknown>;
        const next: CaseWaiter = caseWaiter(w, op, i, head);
        op.enqueue(next);
        head = next;
      }
    } catch (err) {
      leave(head, null);
      throw err;
    }
    w.queue = head;
  }

  dequeue(w: Waiter): void {
    const head = w.queue as CaseWaiter | null;
    w.queue = null;
    leave(head, null);
    keep(head);
  }

  // Pass 3: leave the other queues, or they fill up on quiet channels.
  override finish(leaf: Waiter, own: Waiter): Outcome {
    const head = own.queue as CaseWaiter;
    own.queue = null;
    const won = caseOf(leaf, own);
    leave(head, won);
    const op = won.op as OpBase<unknown>;
    const key = this.keys[won.index] as string | number;
    const ok = op.receives ? leaf.ok : true;
    const value = op.finish(leaf, won);
    keep(head);
    return { key, value, ok };
  }
}

/** The cases in the order in which they are queued; null if that is their own. */
function lateLast(ops: readonly OpBase<unknown>[]): number[] | null {
  const order: number[] = [];
  const late: number[] = [];
  for (let i = 0; i < ops.length; i++) ((ops[i] as OpBase<unknown>).late ? late : order).push(i);
  return late.length === 0 ? null : order.concat(late);
}

function leave(head: CaseWaiter | null, won: CaseWaiter | null): void {
  for (let w = head; w !== null; w = w.sibling) if (w !== won) (w.op as OpBase<unknown>).dequeue(w);
}

/** Case waiters kept for the next selects; more than a busy M has in use between two selects, less than what is felt. */
const MAX_SPARE = 256;
/** Whom a kept one stands for. */
const NOBODY = null as never;
/** Kept ones, a list through `sibling`. They name nobody, or a goroutine that is left alone could never be collected. */
let spare: CaseWaiter | null = null;
let spares = 0;

// A waiter has thirteen words, and a select that blocks needs one for each case: to make them anew costs a sixth of it.
function caseWaiter(w: Waiter, op: OpBase<unknown>, index: number, sibling: CaseWaiter | null): CaseWaiter {
  const kept = spare;
  if (kept === null) return new CaseWaiter(w, op, index, sibling);
  spare = kept.sibling;
  spares--;
  kept.party = w.party;
  kept.outer = w;
  kept.op = op;
  kept.index = index;
  kept.sibling = sibling;
  return kept;
}

// All have left their queues, and the winner's outcome, if there is one, has been read: nothing refers to them (op-base
// I3) but a stopped entry on the heap of timers, for which they name nobody, kept or not.
function keep(head: CaseWaiter | null): void {
  let w = head;
  while (w !== null) {
    const next: CaseWaiter | null = w.sibling;
    w.party = NOBODY;
    w.outer = NOBODY;
    w.op = null;
    w.value = undefined;
    w.sibling = null;
    if (spares < MAX_SPARE) {
      w.sibling = spare;
      spare = w;
      spares++;
    }
    w = next;
  }
}

/**
 * Performs exactly one of the cases: one that is ready, chosen uniformly; else `default` if there is one; else blocks
 * until one can proceed. Gives `{ key, value, ok }`, where `ok` is false for a receive from a closed, drained channel.
 * @throws what the chosen operation throws; TypeError for a case that is no operation
 */
export function select<const C extends Cases>(cases: C): Op<Selected<C>>;
export function select<const C extends readonly Case[], const D extends boolean>(
  cases: C,
  options: { readonly default: D },
): Op<Selected<C> | (true extends D ? DefaultArm : never)>;
export function select(cases: Cases, options?: { readonly default: boolean }): Op<unknown> {
  if (typeof cases !== "object" || cases === null)
    throw new TypeError(expected("select", "an object or an array of cases", cases));
  const op = new SelectOp(checkDefault(options?.default));
  if (Array.isArray(cases)) {
    for (let i = 0; i < cases.length; i++) op.add(i, cases[i]);
  } else {
    for (const key in cases) {
      const value = (cases as { [name: string]: Case | true })[key];
      if (key === "default") op.hasDefault = checkDefault(value);
      else op.add(key, value);
    }
  }
  return op.seal();
}

function notAnOperation(key: string | number, value: unknown): TypeError {
  const text = expected("select", `case ${String(key)} to be an operation`, value);
  const receives = typeof (value as { recv?: unknown }).recv === "function";
  return new TypeError(receives ? `${text}; its recv() is one` : text);
}

function checkDefault(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === "boolean") return value === true;
  throw new TypeError(expected("select", "default to be true or false (an operation needs another name)", value));
}

function newOrder(n: number): number[] {
  const order: number[] = [];
  for (let i = 0; i < n; i++) order.push(i);
  return order;
}
