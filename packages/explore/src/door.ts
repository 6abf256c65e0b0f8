// The shape of the atomics door that the explorer hands to the code under test. It is declared here anew, and not
// imported, because this package imports nothing; TypeScript checks that the two fit where a test installs one.

/** What a blocking wait answers. */
export type WaitResult = "ok" | "not-equal" | "timed-out";

/** What an asynchronous wait answers: at once, or by a promise. */
export type AsyncWait =
  | { readonly async: false; readonly value: "not-equal" | "timed-out" }
  | { readonly async: true; readonly value: PromiseLike<unknown> };

/** Every operation on shared words. `peek` and `poke` are the plain, non-atomic read and write. */
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
  waitAsync: ((mem: Int32Array, at: number, value: number) => AsyncWait) | null;
  peek(mem: Int32Array, at: number): number;
  poke(mem: Int32Array, at: number, value: number): void;
  pause(): void;
}
