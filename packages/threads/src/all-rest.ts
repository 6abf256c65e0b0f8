// The look at all Ms: do they rest? The essay is in rest.ts.

import type { Group } from "./group.ts";
import type { Handed } from "./handed.ts";
import * as w from "./layout-words.ts";
import * as MState from "./m-state.ts";
import { VERSION } from "./rest-bits.ts";

const seen = new Int32Array(w.MAX_MS);

/** Any thread. Do main (with `main`) and all others (with `others`) rest, and is nothing on its way? */
export function allRest(h: Handed, s: Group, main: number, others: number): boolean {
  const { ops, mSlot } = h;
  const { mem } = s;
  const ms = ops.load(mem, w.NMS);
  for (let m = 0; m < ms; m++) {
    const bits = m === 0 ? main : others;
    const living = ops.load(mem, mSlot(m) + w.M_STATE) !== MState.None;
    const word = ops.load(mem, mSlot(m) + w.M_REST);
    if (living && (word & bits) !== bits) return false;
    seen[m] = living ? word : ABSENT;
  }
  return quiet(h, s, ms) && still(h, mem, ms);
}

// No word has it: the bits of rest are 0 only in a word that stirred.
const ABSENT = -VERSION;

// Nothing is queued, and nobody holds or wants a P, or starts.
function quiet({ ops }: Handed, s: Group, ms: number): boolean {
  const { mem } = s;
  s.lock();
  let sum = ops.load(mem, w.NPROCS) - ops.load(mem, w.NPIDLE);
  for (const count of [w.NWANT, w.NGLOBAL, w.NBLOCKING, w.STARTING, w.NEED]) sum |= ops.load(mem, count);
  const same = ops.load(mem, w.NMS) === ms;
  s.unlock();
  return sum === 0 && same;
}

function still({ ops, mSlot, isEmpty }: Handed, mem: Int32Array, ms: number): boolean {
  for (let m = 0; m < ms; m++) {
    const slot = mSlot(m);
    if (seen[m] === ABSENT) {
      if (ops.load(mem, slot + w.M_STATE) !== MState.None) return false;
      continue;
    }
    // Order matters: the inbox, then the word; pairs with stir.
    if (!isEmpty(mem, slot + w.M_INBOX)) return false;
    if (ops.load(mem, slot + w.M_REST) !== seen[m]) return false;
  }
  return true;
}

/** Any thread, after allRest. What all Ms together can still do: the bits of their closed programs. */
export function ableAnywhere({ ops, mSlot }: Handed, mem: Int32Array): number {
  let able = 0;
  const ms = ops.load(mem, w.NMS);
  for (let m = 0; m < ms; m++)
    if (ops.load(mem, mSlot(m) + w.M_STATE) !== MState.None) able |= ops.load(mem, mSlot(m) + w.M_ABLE);
  return able;
}

/** Any thread. The bits of the closed programs of all Ms. */
export function closedAnywhere({ ops, mSlot }: Handed, mem: Int32Array): number {
  let closed = 0;
  const ms = ops.load(mem, w.NMS);
  for (let m = 0; m < ms; m++)
    if (ops.load(mem, mSlot(m) + w.M_STATE) !== MState.None) closed |= ops.load(mem, mSlot(m) + w.M_CLOSED);
  return closed;
}

/** Any thread, after allRest. The first worker that began a closed program whose bit is not among `able`; -1 if none did. */
export function closedWorker({ ops, mSlot }: Handed, mem: Int32Array, able: number): number {
  const ms = ops.load(mem, w.NMS);
  for (let m = 1; m < ms; m++)
    if (ops.load(mem, mSlot(m) + w.M_STATE) !== MState.None && (ops.load(mem, mSlot(m) + w.M_CLOSED) & ~able) !== 0)
      return m;
  return -1;
}

/** Any thread, after allRest. The first M in whose word of rest `bit` is set; -1 if it is in none. */
export function restsWith({ ops, mSlot }: Handed, mem: Int32Array, bit: number): number {
  const ms = ops.load(mem, w.NMS);
  for (let m = 0; m < ms; m++)
    if (ops.load(mem, mSlot(m) + w.M_STATE) !== MState.None && (ops.load(mem, mSlot(m) + w.M_REST) & bit) !== 0)
      return m;
  return -1;
}
