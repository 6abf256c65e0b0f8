// The Ops of core and chan, as kinds for the Op suite.
import { type Chan, chan, select } from "@gr/chan";
import { type Coroutine, go, type Op, sleep, timeout, until } from "@gr/core";
import { Mutex, WaitGroup } from "@gr/sync";
import { expect } from "vitest";
import type { OpKind } from "./op-suite.ts";

/** How the channels of one backend are made, and how the partner of an Op comes. */
export interface Ends {
  chan<T>(capacity?: number): Chan<T>;
  /** Send and receive once, receive or not; close. All return at once. */
  send<T>(c: Chan<T>, value: T): void;
  receive<T>(c: Chan<T>): void;
  close(c: Chan<number>): void;
  /** A goroutine that ends with what it receives from gate. */
  giving(gate: Chan<number>): Op<unknown> & { readonly status: string };
}

/** The Ops of channels and of goroutines. */
export const channelKinds = (ends: Ends): readonly OpKind[] => [
  {
    name: "recv",
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
];

/** The Ops of core and chan on one thread. */
export const localKinds: readonly OpKind[] = [
  ...channelKinds({
    chan: (capacity) => chan(capacity),
    send: (c, value) => {
      if (!c.trySend(value)) go(use, c.send(value));
    },
    receive: (c) => {
      if (c.tryRecv() === undefined) go(use, c.recv());
    },
    close: (c) => c.close(),
    giving: (gate) => go(use, gate.recv()),
  }),
  {
    name: "until",
    repeats: false,
    make() {
      let resolve: (value: number) => void = () => {};
      const promise = new Promise<number>((settled) => {
        resolve = settled;
      });
      return { op: until(promise), value: 7, fire: () => resolve(7), untouched: nothing };
    },
  },
  {
    name: "sleep",
    repeats: false,
    timed: true,
    make(idle) {
      return { op: sleep(idle ? 3_600_000 : 1), value: undefined, fire: () => {}, untouched: nothing };
    },
  },
];

/** The Ops of @gr/sync. */
export const syncKinds: readonly OpKind[] = [
  {
    name: "mutex lock",
    repeats: true,
    make() {
      const mu = new Mutex();
      mu.tryLock();
      return {
        op: mu.lock(),
        value: expect.objectContaining({ release: expect.any(Function) }),
        // What the release of the Lock that is held would do.
        fire: () => mu.passOn(),
        *untouched() {
          mu.passOn();
          expect(mu.locked).toBe(false);
        },
      };
    },
  },
  {
    name: "wait group wait",
    repeats: false,
    make() {
      const wg = new WaitGroup();
      wg.add(1);
      return {
        op: wg.wait(),
        value: undefined,
        fire() {
          if (wg.count > 0) wg.done();
        },
        *untouched() {
          expect(wg.count).toBe(1);
        },
      };
    },
  },
];

function* nothing(): Coroutine<void> {}

function* use<T>(op: Op<T>): Coroutine<T> {
  return yield* op;
}
