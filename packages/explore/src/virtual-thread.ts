// Virtual threads: ordinary synchronous functions that can be stopped before any atomic operation.
//
// A function cannot be suspended from outside, so a thread is run from its start each time: the results of the
// operations it has already made are fed to it from its history, and the first operation beyond them throws a private
// signal that carries the operation out. A thread must therefore depend on nothing but its operations' results.
// What one run has found out is kept in a tree, one node per history, so each history is run once, however many
// states of the whole program share it.

import type { AsyncWait, AtomicsDoor, WaitResult } from "./door.ts";

export type OpKind =
  | "load"
  | "store"
  | "add"
  | "sub"
  | "and"
  | "or"
  | "exchange"
  | "compareExchange"
  | "wait"
  | "notify"
  | "waitAsync"
  | "peek"
  | "poke"
  | "pause"
  | "turn"
  | "death";

/** One operation as a thread asks for it. `b` is compareExchange's new value, notify's count or 1 for a timed wait. */
export interface ModelOp {
  readonly kind: OpKind;
  readonly at: number;
  readonly a: number;
  readonly b: number;
}

/** A thread after one particular history: about to make `op`, or over. */
export interface HistoryNode {
  readonly id: number;
  readonly depth: number;
  readonly parent: HistoryNode | null;
  readonly result: number;
  readonly children: Map<number, HistoryNode>;
  readonly op: ModelOp | null;
  /** Meaningful when op is null. */
  readonly value: unknown;
  readonly error: { readonly thrown: unknown } | null;
}

export const WAIT_RESULTS: readonly WaitResult[] = ["ok", "not-equal", "timed-out"];
export const OK = 0;
export const NOT_EQUAL = 1;
export const TIMED_OUT = 2;

const SUSPEND: unique symbol = Symbol("suspend");

/** Runs its callbacks when the model fires it, inside the owner's turn; never by a microtask. */
class ModelPromise implements PromiseLike<unknown> {
  private readonly callbacks: (() => void)[] = [];
  private fired = false;
  private value: unknown = undefined;

  get awaited(): boolean {
    return this.callbacks.length > 0;
  }

  fire(value: unknown): void {
    this.fired = true;
    this.value = value;
    for (const callback of this.callbacks) callback();
  }

  then<A = unknown>(onFulfilled?: ((value: unknown) => A | PromiseLike<A>) | null): PromiseLike<A> {
    const next = new ModelPromise();
    const run = (): void => next.fire(onFulfilled ? onFulfilled(this.value) : this.value);
    if (this.fired) run();
    else this.callbacks.push(run);
    return next as PromiseLike<unknown> as PromiseLike<A>;
  }
}

/** `awaitDeath` blocks until a thread has died and answers which; each death is answered once. */
export type Body = (mem: Int32Array, awaitDeath: () => number) => unknown;

/** Everything one virtual thread needs to be replayed. */
export class VirtualThread {
  readonly root: HistoryNode;
  private readonly body: Body;
  private readonly mem: Int32Array;
  private readonly install: (door: AtomicsDoor) => AtomicsDoor;
  private readonly nextId: () => number;
  private readonly noAsyncWait: boolean;
  private history: number[] = [];
  private cursor = 0;
  private pending: ModelOp | null = null;
  private arms: (ModelPromise | null)[] = [];

  constructor(
    body: Body,
    mem: Int32Array,
    install: (door: AtomicsDoor) => AtomicsDoor,
    nextId: () => number,
    noAsyncWait: boolean,
  ) {
    this.body = body;
    this.mem = mem;
    this.install = install;
    this.nextId = nextId;
    this.noAsyncWait = noAsyncWait;
    this.root = this.replay(null, 0);
    if (this.root.error !== null) throw this.root.error.thrown;
  }

  /** The thread after `node`'s operation has answered `result`. */
  after(node: HistoryNode, result: number): HistoryNode {
    const known = node.children.get(result);
    if (known !== undefined) return known;
    const made = this.replay(node, result);
    node.children.set(result, made);
    return made;
  }

  private replay(parent: HistoryNode | null, result: number): HistoryNode {
    const history: number[] = [];
    if (parent !== null) {
      history.push(result);
      for (let n: HistoryNode = parent; n.parent !== null; n = n.parent) history.push(n.result);
      history.reverse();
    }
    this.history = history;
    this.cursor = 0;
    this.pending = null;
    this.arms = [];
    let value: unknown;
    let error: { thrown: unknown } | null = null;
    const before = this.install(this.door());
    try {
      value = this.body(this.mem, this.awaitDeath);
      this.runTurns();
      // One result serves every end that this history reaches; a check that changed it would spoil the next one.
      if (typeof value === "object") Object.freeze(value);
    } catch (thrown) {
      if (thrown !== SUSPEND) error = { thrown };
    } finally {
      this.install(before);
    }
    // A body may have swallowed the signal; the operation it wanted still stands.
    if (this.pending !== null) error = null;
    return {
      id: this.nextId(),
      depth: history.length,
      parent,
      result,
      children: new Map(),
      op: this.pending,
      value,
      error,
    };
  }

  /** After the body: the thread's event loop, alive while a wait that someone listens to is armed. */
  private runTurns(): void {
    while (this.arms.some((arm) => arm?.awaited)) {
      const which = this.perform("turn", 0, 0, 0);
      const arm = this.arms[which]!;
      this.arms[which] = null;
      arm!.fire("ok");
    }
  }

  private readonly awaitDeath = (): number => this.perform("death", 0, 0, 0);

  private perform(kind: OpKind, at: number, a: number, b: number): number {
    if (this.pending === null && this.cursor < this.history.length) return this.history[this.cursor++]!;
    this.pending ??= { kind, at, a, b };
    throw SUSPEND;
  }

  private door(): AtomicsDoor {
    return {
      load: (_mem, at) => this.perform("load", at, 0, 0),
      store: (_mem, at, value) => {
        this.perform("store", at, value | 0, 0);
        return value;
      },
      add: (_mem, at, value) => this.perform("add", at, value | 0, 0),
      sub: (_mem, at, value) => this.perform("sub", at, value | 0, 0),
      and: (_mem, at, value) => this.perform("and", at, value | 0, 0),
      or: (_mem, at, value) => this.perform("or", at, value | 0, 0),
      exchange: (_mem, at, value) => this.perform("exchange", at, value | 0, 0),
      compareExchange: (_mem, at, expected, value) => this.perform("compareExchange", at, expected | 0, value | 0),
      wait: (_mem, at, value, timeoutMs) =>
        WAIT_RESULTS[this.perform("wait", at, value | 0, timeoutMs === undefined || timeoutMs === Infinity ? 0 : 1)]!,
      notify: (_mem, at, count) => this.perform("notify", at, 0, count === undefined ? Infinity : count),
      waitAsync: this.noAsyncWait ? null : (_mem, at, value) => this.arm(at, value | 0),
      peek: (_mem, at) => this.perform("peek", at, 0, 0),
      poke: (_mem, at, value) => void this.perform("poke", at, value | 0, 0),
      pause: () => void this.perform("pause", 0, 0, 0),
    };
  }

  private arm(at: number, value: number): AsyncWait {
    // The operation names the arm it would make, so that a notify can say which one it fired.
    if (this.perform("waitAsync", at, value, this.arms.length) === NOT_EQUAL) {
      return { async: false, value: "not-equal" };
    }
    const promise = new ModelPromise();
    this.arms.push(promise);
    return { async: true, value: promise };
  }
}
