// The Ops of channels and of goroutines, as kinds for the Op suite: on one thread, or with their partner on another.
import { type Chan, each, range, select } from "@gr/chan";
import { type Coroutine, type Op, timeout } from "@gr/core";
import { expect } from "vitest";
import { ABORTED, type OpKind } from "./op-suite.ts";

/** How the channels of one backend are made, and how the partner of an Op comes. */
export interface Ends {
  chan<T>(capacity?: number): Chan<T>;
  /** Send and receive once, receive or not; close. All return at once. */
  send<T>(c: Chan<T>, value: T): void;
  receive<T>(c: Chan<T>): void;
  close(c: Chan<number>): void;
  /** Whether those complete one that waits before any goroutine runs. */
  readonly atOnce: boolean;
  /** A goroutine that ends with what it receives from gate. */
  giving(gate: Chan<number>): Op<unknown> & { readonly status: string };
}

/** The Ops of channels and of goroutines. */
export const channelKinds = (ends: Ends): readonly OpKind[] => [
  {
    name: "recv",
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>();
      return {
        op: c.recv(),
        value: 7,
        fire: () => ends.send(c, 7),
        *untouched() {
          expect(c.trySend(1)).toBe(false);
        },
      };
    },
  },
  {
    name: "recv at close",
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>();
      let isClosed = false;
      return {
        op: c.recv(),
        value: undefined,
        fire() {
          if (!isClosed) ends.close(c);
          isClosed = true;
        },
        untouched: nothing,
      };
    },
  },
  {
    name: "recvOk",
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>();
      return {
        op: c.recvOk(),
        value: { value: 7, ok: true },
        fire: () => ends.send(c, 7),
        *untouched() {
          expect(c.trySend(1)).toBe(false);
        },
      };
    },
  },
  {
    name: "send",
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>();
      return {
        op: c.send(7),
        value: undefined,
        fire: () => ends.receive(c),
        *untouched() {
          expect(c.tryRecv()).toBeUndefined();
        },
      };
    },
  },
  {
    name: "send on a full buffer",
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>(1);
      c.trySend(0);
      return {
        op: c.send(7),
        value: undefined,
        fire: () => ends.receive(c),
        *untouched() {
          expect(c.len).toBe(1);
          c.tryRecv();
          expect(c.tryRecv()?.value).not.toBe(7);
        },
      };
    },
  },
  {
    name: "join",
    repeats: false,
    make() {
      const gate = ends.chan<number>();
      const g = ends.giving(gate);
      return {
        op: g,
        value: 7,
        fire: () => ends.send(gate, 7),
        *untouched() {
          expect(g.status).not.toBe("dead");
          gate.close();
        },
      };
    },
  },
  {
    name: "select",
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const [a, b] = [ends.chan<number>(), ends.chan<string>()];
      return {
        op: select({ a: a.recv(), b: b.send("x") }),
        value: { key: "a", value: 7, ok: true },
        fire: () => ends.send(a, 7),
        *untouched() {
          expect(a.trySend(1)).toBe(false);
          expect(b.tryRecv()).toBeUndefined();
        },
      };
    },
  },
  {
    name: "timeout around a receive",
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>();
      return {
        op: timeout(c.recv(), 3_600_000),
        value: 7,
        fire: () => ends.send(c, 7),
        *untouched() {
          expect(c.trySend(1)).toBe(false);
        },
      };
    },
  },
  {
    name: "recv with a signal",
    signalled: true,
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>();
      const signal = abortable();
      return {
        op: c.recv(signal),
        value: 7,
        fire: () => ends.send(c, 7),
        abort: signal.abort,
        *untouched() {
          expect(c.trySend(1)).toBe(false);
        },
      };
    },
  },
  {
    name: "recvOk with a signal",
    signalled: true,
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>();
      const signal = abortable();
      return {
        op: c.recvOk(signal),
        value: { value: 7, ok: true },
        fire: () => ends.send(c, 7),
        abort: signal.abort,
        *untouched() {
          expect(c.trySend(1)).toBe(false);
        },
      };
    },
  },
  {
    name: "send with a signal",
    signalled: true,
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>();
      const signal = abortable();
      return {
        op: c.send(7, signal),
        value: undefined,
        fire: () => ends.receive(c),
        abort: signal.abort,
        *untouched() {
          expect(c.tryRecv()).toBeUndefined();
        },
      };
    },
  },
  {
    name: "next of each",
    atOnce: ends.atOnce,
    repeats: true,
    make() {
      const c = ends.chan<number>();
      return {
        op: each(c).next(),
        value: true,
        fire: () => ends.send(c, 7),
        *untouched() {
          expect(c.trySend(1)).toBe(false);
        },
      };
    },
  },
  {
    name: "range",
    repeats: false,
    make() {
      const c = ends.chan<number>();
      let isClosed = false;
      return {
        op: range(c, () => {}),
        value: undefined,
        fire() {
          if (!isClosed) ends.close(c);
          isClosed = true;
        },
        *untouched() {
          expect(c.trySend(1)).toBe(false);
        },
      };
    },
  },
];

/** Options of an operation with a signal, and what aborts it. */
export function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(ABORTED) };
}

export function* nothing(): Coroutine<void> {}

export function* use<T>(op: Op<T>): Coroutine<T> {
  return yield* op;
}
