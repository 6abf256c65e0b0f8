// What became of each goroutine of the soak, by its handle and by the book, and whether the two agree.
import { CancelledError, type Coroutine, type Op, ThreadLostError } from "@gr/core";
import { BEGUN, type Book, ENDED, killed, ON, resultOf, UNWOUND, WORDS } from "./programs/soak.ts";

export type Kind =
  | "plain"
  | "steps"
  | "throws"
  | "naps"
  | "sends"
  | "waits"
  | "hogs"
  | "nests"
  | "dies"
  | "blocking"
  | "Thread";

export type Outcome = "value" | "error" | "cancelled" | "lost" | "unjoined";

/** One goroutine. */
export interface Item {
  readonly i: number;
  readonly kind: Kind;
  /** The number of the goroutine that it starts; -1 if none. */
  readonly child: number;
  cancelled: boolean;
  /** Its own thread was terminated. */
  terminated: boolean;
  outcome: Outcome | null;
  value: unknown;
}

/** Goroutine side. Waits for its end and writes down what it was. */
export function* settle(item: Item, op: Op<unknown>): Coroutine<void> {
  if (item.outcome !== null) throw new Error(`goroutine ${item.i} ended twice`);
  try {
    item.value = yield* op;
    item.outcome = "value";
  } catch (err) {
    item.value = err;
    item.outcome = err instanceof CancelledError ? "cancelled" : err instanceof ThreadLostError ? "lost" : "error";
  }
}

/** What is wrong with it; null if nothing is. `received`: how often what it sent has arrived. */
export function judge(book: Book, item: Item, received: number): string | null {
  const { i, kind, outcome } = item;
  const word = (at: number): number => Atomics.load(book, i * WORDS + at);
  const [begun, ended, unwound] = [word(BEGUN), word(ENDED), word(UNWOUND)];
  if (begun > 1) return `it began ${begun} times`;
  if (ended > begun) return `it came to its end ${ended} times and began ${begun}`;
  if (received > 1 || (received === 1 && begun === 0)) return `what it sent arrived ${received} times`;
  const finallys = kind === "naps" || kind === "sends" || kind === "waits" || kind === "Thread" ? begun : 0;
  switch (outcome) {
    case null:
      return "nobody knows how it ended";
    case "unjoined":
      return ended === 1 ? null : "it is over and has not come to its end";
    case "value":
      if (item.value !== resultOf(i)) return `it returned ${String(item.value)}, not ${resultOf(i)}`;
      if (ended !== 1 || unwound !== finallys) return "it returned and has not come to its end";
      if (kind === "sends" && received !== 1) return "what it sent was lost";
      return kind === "throws" ? "it did not throw" : null;
    case "error":
      if (kind !== "throws") return `it failed: ${String(item.value)}`;
      if (ended !== 1) return "it threw before its end";
      return (item.value as Error).message === `soak ${i}` ? null : `another's error: ${String(item.value)}`;
    case "cancelled":
      if (!item.cancelled) return "it was cancelled by nobody";
      if (kind === "blocking") return null;
      if (ended !== 0) return "it was cancelled and came to its end";
      return unwound === finallys ? null : `it was cancelled and unwound ${unwound} times`;
    case "lost":
      return judgeLost(book, item, word(ON) - 1);
  }
}

function judgeLost(book: Book, item: Item, on: number): string | null {
  if (item.terminated) return null;
  const dead = Number(/M(\d+)/.exec((item.value as Error).message)?.[1] ?? -1);
  if (dead < 0 || Atomics.load(book, killed(book, dead)) !== 1)
    return `lost, and nobody was killed: ${String(item.value)}; ${String((item.value as Error).cause)}`;
  if (item.child < 0 && on >= 0 && on !== dead) return `it began on M${on} and was lost with M${dead}`;
  if (Atomics.load(book, item.i * WORDS + ENDED) !== 0) return "it came to its end and was lost";
  return null;
}
