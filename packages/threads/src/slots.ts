// Slots of Ms: how a slot is given to one thread after the other.
//
// What.  An M's number is its slot and how many Ms of that slot have died (shm's deaths.ts), so a number is never given
//        again, and a slot is.
// Words. out, left: what must be done at a death has been (deaths.ts).
// How.
//   FREE --giveNumber--> GIVEN --its thread ends by itself--> LEAVING -> OUT -> LEFT --main sees its end--> FREE
//                          `---- main sees its end, and does what is left to do ----------------------------^
// Invariants.
//   I1  A slot is FREE only when the thread that had it runs no more, and is marked dead.
//   I2  The words of a slot name no P, no list and no count when it is given.
// The hard part. Who has read a number may use it later, when the slot is another M's. Mail for the dead then comes to
//   the living, which knows by what is in it that it is not the one who was meant (records and waiters are compared,
//   signals, programs and goroutines have ids of their own), and frees it.
// Rejected. Numbers that are used once (254 threads in a program's life); a slot that waits until every M has buried the
//   dead (one that is stuck would hold it up).

import { freshEstate, isInherited, numberOf, ops } from "@gr/shm";
import * as w from "./layout.ts";
import * as Life from "./life.ts";

/** Words that the next M of a slot takes over: mail, tokens, and counts that go on. */
const KEPT: ReadonlySet<number> = new Set([w.M_LIFE, w.M_PARK, w.M_INBOX, w.M_REST, w.M_PROGRAMS]);
/** See rest.ts: its bits, and one version. */
const REST_BITS = 7;

/** Any thread. The number for a thread that is to be started; -1: all slots are taken. */
export function giveNumber(mem: Int32Array): number {
  for (let slot = 1; slot < w.SYSMON; slot++) {
    const at = w.mSlot(slot);
    if (ops.load(mem, at + w.M_LIFE) !== Life.Free || traced(mem, at)) continue;
    if (!isInherited(mem, slot)) continue;
    if (ops.compareExchange(mem, at + w.M_LIFE, Life.Free, Life.Given) !== Life.Free) continue;
    freshEstate(mem, slot);
    for (let word = 0; word < w.M_WORDS; word++) if (!KEPT.has(word)) ops.store(mem, at + word, 0);
    // A new version, so that no reader takes it for the one before.
    ops.store(mem, at + w.M_REST, ((ops.load(mem, at + w.M_REST) | REST_BITS) + 1) | 0);
    for (let n = ops.load(mem, w.NMS); n <= slot; n = ops.load(mem, w.NMS))
      ops.compareExchange(mem, w.NMS, n, slot + 1);
    return numberOf(mem, slot);
  }
  return -1;
}

// A trace is being recorded that has what the last M of the slot did.
function traced(mem: Int32Array, at: number): boolean {
  return ops.load(mem, w.TRACE) !== 0 && ops.load(mem, at + w.M_RING) !== 0;
}
