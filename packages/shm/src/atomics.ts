// The atomics door: the only file that names the global `Atomics`.
//
// Everything in this package reaches shared words through `ops`, so that a model test can put the explorer's door in
// its place and see each operation. Outside tests `ops` is never changed: calls through it have one target each, which
// the engine inlines.

/** What a blocking wait answers. */
export type WaitResult = "ok" | "not-equal" | "timed-out";

/** What an asynchronous wait answers: at once, or by a promise. */
export type AsyncWait =
  | { readonly async: false; readonly value: "not-equal" | "timed-out" }
  | { readonly async: true; readonly value: PromiseLike<unknown> };

/** Every operation on shared words. */
export interface AtomicsDoor {
  load(mem: Int32Array, at: number): number;
  store(mem: Int32Array, at: number, value: number): number;
  add(mem: Int32Array, at: number, value: number): number;
  sub(mem: Int32Array, at: number, value: number): number;
  and(mem: Int32Array, at: number, value: number): number;
  or(mem: Int32Array, at: number, value: number): number;
  exchange(mem: Int32Array, at: number, value: number): number;
  compareExchange(mem: Int32Array, at: number, expected: number, value: number): number;
  wait(mem: Int32Array, at: number, value: number, timeoutMs?: number): WaitResult;
  notify(mem: Int32Array, at: number, count?: number): number;
  /** null where the host has no Atomics.waitAsync. */
  waitAsync: ((mem: Int32Array, at: number, value: number) => AsyncWait) | null;
  /** Plain read: of a word nobody else writes now, or as a hint. */
  peek(mem: Int32Array, at: number): number;
  /** Plain write of a word that nobody else may touch until a later atomic operation publishes it. */
  poke(mem: Int32Array, at: number, value: number): void;
  /** Says that this thread spins. */
  pause(): void;
}

/** What newer hosts have and the language version we compile for does not know. */
interface Newer {
  readonly pause?: () => void;
  readonly waitAsync?: (mem: Int32Array, at: number, value: number) => AsyncWait;
}
const newer: Newer = Atomics as Newer;

export const nativeAtomics: AtomicsDoor = {
  load: Atomics.load,
  store: Atomics.store,
  add: Atomics.add,
  sub: Atomics.sub,
  and: Atomics.and,
  or: Atomics.or,
  exchange: Atomics.exchange,
  compareExchange: Atomics.compareExchange,
  wait: Atomics.wait as AtomicsDoor["wait"],
  notify: Atomics.notify as AtomicsDoor["notify"],
  waitAsync: newer.waitAsync ?? null,
  peek: (mem, at) => mem[at]!,
  poke: (mem, at, value) => {
    mem[at] = value;
  },
  pause: newer.pause ?? (() => {}),
};

/** The door in use. */
export let ops: AtomicsDoor = nativeAtomics;

/** Model tests only. Puts another door in place and returns the one before. */
export function setAtomics(door: AtomicsDoor): AtomicsDoor {
  const before = ops;
  ops = door;
  return before;
}
