// The Ops that core and chan have on one thread, as kinds for the Op suite.
//
// goexit has no kind: it never completes, and is refused everywhere but in a goroutine (core/misuse).
import { after, chan, fromAsyncIterable, fromReadable, fromSignal, notify, Timer, ticker } from "@gr/chan";
import { all, call, checkpoint, go, gosched, type Op, scope, sleep, until } from "@gr/core";
import { expect } from "vitest";
import { channelKinds, nothing, use } from "./op-kinds.ts";
import type { OpKind } from "./op-suite.ts";

const farMs = 3_600_000;

/** The Ops of core, but for joins. */
const coreKinds: readonly OpKind[] = [
  {
    name: "until",
    repeats: false,
    atOnce: true,
    make() {
      let resolve: (value: number) => void = () => {};
      const promise = new Promise<number>((settled) => {
        resolve = settled;
      });
      return { op: until(promise), value: 7, fire: () => resolve(7), untouched: nothing };
    },
  },
  {
    name: "until with a function",
    repeats: false,
    // One that all have left is aborted: it does not complete for the next.
    make() {
      let signal: AbortSignal | undefined;
      let resolve: (value: number) => void = () => {};
      const promise = new Promise<number>((settled) => {
        resolve = settled;
      });
      const made = (given: AbortSignal): Promise<number> => {
        signal = given;
        return promise;
      };
      return {
        op: until(made),
        value: 7,
        fire: () => resolve(7),
        *untouched() {
          yield* until(Promise.resolve());
          expect(signal?.aborted).not.toBe(false);
        },
      };
    },
  },
  {
    name: "sleep",
    repeats: false,
    timed: true,
    make(idle) {
      return { op: sleep(idle ? farMs : 1), value: undefined, fire: () => {}, untouched: nothing };
    },
  },
  {
    name: "gosched",
    repeats: true,
    brief: true,
    make: () => ({ op: gosched(), value: undefined, fire: () => {}, untouched: nothing }),
  },
  {
    name: "checkpoint",
    repeats: true,
    brief: true,
    make: () => ({ op: checkpoint(), value: undefined, fire: () => {}, untouched: nothing }),
  },
  {
    name: "call",
    repeats: true,
    make: () => ofGate((gate) => call(use, gate)),
  },
  {
    name: "call of a plain function",
    repeats: true,
    make: () => ofGate((gate) => call(() => gate)),
  },
  {
    name: "scope",
    repeats: true,
    make: () =>
      ofGate((gate) =>
        scope(function* (s) {
          return yield* s.go(use, gate);
        }),
      ),
  },
  {
    name: "all",
    repeats: true,
    make() {
      const [a, b] = [chan<number>(), chan<string>()];
      return {
        op: all([a.recv(), b.recv()]),
        value: [7, "x"],
        fire() {
          send(a, 7);
          send(b, "x");
        },
        *untouched() {
          expect([a.trySend(1), b.trySend("y")]).toEqual([false, false]);
        },
      };
    },
  },
];

/** Timers as channels. */
const clockKinds: readonly OpKind[] = [
  {
    name: "recv of after",
    repeats: false,
    timed: true,
    once: true,
    make: (idle) => ({
      op: after(idle ? farMs : 1).recv(),
      value: expect.any(Number),
      fire: () => {},
      untouched: nothing,
    }),
  },
  {
    name: "recv of a timer",
    repeats: true,
    merges: true,
    make() {
      const timer = new Timer(farMs);
      return {
        op: timer.recv(),
        value: expect.any(Number),
        fire: () => void timer.reset(0),
        *untouched() {
          timer.reset(0);
          yield* sleep(1);
          expect(timer.tryRecv()).toBeDefined();
        },
      };
    },
  },
  {
    name: "recv of a ticker",
    repeats: true,
    timed: true,
    make: (idle) => ({
      op: ticker(idle ? farMs : 1).recv(),
      value: expect.any(Number),
      fire: () => {},
      untouched: nothing,
    }),
  },
  {
    name: "recvOk of a ticker",
    repeats: true,
    timed: true,
    make: (idle) => ({
      op: ticker(idle ? farMs : 1).recvOk(),
      value: { value: expect.any(Number), ok: true },
      fire: () => {},
      untouched: nothing,
    }),
  },
];

/** Receives of what the host sends. */
const bridgeKinds: readonly OpKind[] = [
  {
    name: "recv of events",
    repeats: true,
    atOnce: true,
    make() {
      const target = new EventTarget();
      const events = notify(target, "it", { capacity: 2, full: "throw" });
      return {
        op: events.recv(),
        value: expect.any(Event),
        fire: () => void target.dispatchEvent(new Event("it")),
        *untouched() {
          target.dispatchEvent(new Event("it"));
          expect(events.len).toBe(1);
        },
      };
    },
  },
  {
    name: "recv of an async iterable",
    repeats: true,
    atOnce: true,
    make() {
      const source = chan<number>(2);
      const values = fromAsyncIterable(source);
      return { op: values.recv(), value: 7, fire: () => send(source, 7), untouched: nothing };
    },
  },
  {
    name: "recv of a stream",
    repeats: true,
    atOnce: true,
    make() {
      let enqueue: (value: number) => void = () => {};
      const stream = new ReadableStream<number>({
        start(controller) {
          enqueue = (value) => controller.enqueue(value);
        },
      });
      const chunks = fromReadable(stream);
      return {
        op: chunks.recv(),
        value: 7,
        fire: () => enqueue(7),
        *untouched() {
          enqueue(1);
          expect(yield* chunks.recv()).toBe(1);
        },
      };
    },
  },
  {
    name: "recv of a signal",
    repeats: false,
    atOnce: true,
    make() {
      const controller = new AbortController();
      const stop = fromSignal(controller.signal);
      return { op: stop.recv(), value: undefined, fire: () => controller.abort(), untouched: nothing };
    },
  },
];

export const localKinds: readonly OpKind[] = [
  ...channelKinds({
    chan: (capacity) => chan(capacity),
    send,
    receive: (c) => {
      if (c.tryRecv() === undefined) go(use, c.recv());
    },
    close: (c) => c.close(),
    atOnce: true,
    giving: (gate) => go(use, gate.recv()),
  }),
  ...coreKinds,
  ...clockKinds,
  ...bridgeKinds,
];

function send<T>(c: { trySend(value: T): boolean; send(value: T): Op<void> }, value: T): void {
  if (!c.trySend(value)) go(use, c.send(value));
}

// An operation that gives what one receive from a channel does.
function ofGate(made: (gate: Op<number | undefined>) => Op<unknown>): ReturnType<OpKind["make"]> {
  const gate = chan<number>();
  return {
    op: made(gate.recv()),
    value: 7,
    fire: () => send(gate, 7),
    *untouched() {
      expect(gate.trySend(1)).toBe(false);
    },
  };
}
