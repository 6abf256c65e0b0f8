// What parts that are loaded when they are needed are handed. They import types and constants only: a module that both
// the first file and a later one import becomes a third, loaded at the start (docs/decisions/0006).

import { MisuseError, NotPortableError, ThreadLostError } from "@gr/core";
import {
  enlist,
  findPortable,
  G,
  JoinOp,
  kick,
  Party,
  Program,
  portableNames,
  recordsOf,
  runqput,
  sched,
  sideOf,
} from "@gr/core/internal";
import {
  breakLock,
  bury,
  detach,
  isEmpty,
  markDead,
  numberOf,
  onMail,
  ops,
  registerCrossing,
  sendMail,
  slotOf,
  takeMoves,
  unpark,
} from "@gr/shm";
import { sendOrder } from "./control.ts";
import { encodeError } from "./errors.ts";
import { stopSpinning, wakeP } from "./idle.ts";
import { mSlot } from "./layout.ts";
import { dropRecord } from "./start-record.ts";

export interface Handed {
  readonly ops: typeof ops;
  readonly sched: typeof sched;
  readonly G: typeof G;
  readonly MisuseError: typeof MisuseError;
  readonly JoinOp: typeof JoinOp;
  readonly Party: typeof Party;
  readonly NotPortableError: typeof NotPortableError;
  readonly ThreadLostError: typeof ThreadLostError;
  readonly Program: typeof Program;
  readonly breakLock: typeof breakLock;
  readonly bury: typeof bury;
  readonly detach: typeof detach;
  readonly dropRecord: typeof dropRecord;
  readonly encodeError: typeof encodeError;
  readonly enlist: typeof enlist;
  readonly findPortable: typeof findPortable;
  readonly isEmpty: typeof isEmpty;
  readonly markDead: typeof markDead;
  readonly numberOf: typeof numberOf;
  readonly registerCrossing: typeof registerCrossing;
  readonly sideOf: typeof sideOf;
  readonly slotOf: typeof slotOf;
  readonly kick: typeof kick;
  readonly mSlot: typeof mSlot;
  readonly onMail: typeof onMail;
  readonly portableNames: typeof portableNames;
  readonly recordsOf: typeof recordsOf;
  readonly runqput: typeof runqput;
  readonly sendMail: typeof sendMail;
  readonly sendOrder: typeof sendOrder;
  readonly stopSpinning: typeof stopSpinning;
  readonly takeMoves: typeof takeMoves;
  readonly unpark: typeof unpark;
  readonly wakeP: typeof wakeP;
}

export const handed: Handed = {
  // Model tests put another door in its place.
  get ops() {
    return ops;
  },
  sched,
  G,
  MisuseError,
  JoinOp,
  Party,
  NotPortableError,
  ThreadLostError,
  Program,
  breakLock,
  bury,
  detach,
  dropRecord,
  encodeError,
  enlist,
  findPortable,
  isEmpty,
  markDead,
  numberOf,
  registerCrossing,
  sideOf,
  slotOf,
  kick,
  mSlot,
  onMail,
  portableNames,
  recordsOf,
  runqput,
  sendMail,
  sendOrder,
  stopSpinning,
  takeMoves,
  unpark,
  wakeP,
};
