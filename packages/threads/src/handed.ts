// What parts that are loaded when they are needed are handed. They import types and constants only: a module that both
// the first file and a later one import becomes a third, loaded at the start (docs/decisions/0006).

import { ThreadLostError } from "@gr/core";
import { kick, sched } from "@gr/core/internal";
import { breakLock, bury, ops, unpark } from "@gr/shm";
import { sendOrder } from "./control.ts";
import { wakeP } from "./idle.ts";
import { mSlot } from "./layout.ts";

export interface Handed {
  readonly ops: typeof ops;
  readonly sched: typeof sched;
  readonly ThreadLostError: typeof ThreadLostError;
  readonly breakLock: typeof breakLock;
  readonly bury: typeof bury;
  readonly kick: typeof kick;
  readonly mSlot: typeof mSlot;
  readonly sendOrder: typeof sendOrder;
  readonly unpark: typeof unpark;
  readonly wakeP: typeof wakeP;
}

export const handed: Handed = {
  // Model tests put another door in its place.
  get ops() {
    return ops;
  },
  sched,
  ThreadLostError,
  breakLock,
  bury,
  kick,
  mSlot,
  sendOrder,
  unpark,
  wakeP,
};
