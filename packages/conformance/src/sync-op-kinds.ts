// The Ops of @gr/sync, as kinds for the Op suite.
import { Mutex, WaitGroup } from "@gr/sync";
import { expect } from "vitest";
import { abortable } from "./op-kinds.ts";
import type { OpKind, Situation } from "./op-suite.ts";

const aLock: unknown = expect.objectContaining({ release: expect.any(Function) });

export const syncKinds: readonly OpKind[] = [
  {
    name: "mutex lock",
    repeats: true,
    atOnce: true,
    make: () => taken((mu) => mu.lock(), aLock),
  },
  {
    name: "mutex lock with a signal",
    signalled: true,
    repeats: true,
    atOnce: true,
    make() {
      const signal = abortable();
      return { ...taken((mu) => mu.lock(signal), aLock), abort: signal.abort };
    },
  },
  {
    name: "mutex runExclusive",
    // It lets go of the mutex for the next.
    repeats: false,
    make: () => taken((mu) => mu.runExclusive(() => 7), 7),
  },
  {
    name: "wait group wait",
    repeats: false,
    atOnce: true,
    make: () => waited((wg) => wg.wait()),
  },
  {
    name: "wait group wait with a signal",
    signalled: true,
    repeats: false,
    atOnce: true,
    make() {
      const signal = abortable();
      return { ...waited((wg) => wg.wait(signal)), abort: signal.abort };
    },
  },
];

// An operation on a mutex that somebody holds.
function taken(made: (mu: Mutex) => Situation["op"], value: unknown): Situation {
  const mu = new Mutex();
  mu.tryLock();
  return {
    op: made(mu),
    value,
    // What the release of the Lock that is held would do.
    fire: () => mu.passOn(),
    *untouched() {
      mu.passOn();
      expect(mu.locked).toBe(false);
    },
  };
}

function waited(made: (wg: WaitGroup) => Situation["op"]): Situation {
  const wg = new WaitGroup();
  wg.add(1);
  return {
    op: made(wg),
    value: undefined,
    fire() {
      if (wg.count > 0) wg.done();
    },
    *untouched() {
      expect(wg.count).toBe(1);
    },
  };
}
