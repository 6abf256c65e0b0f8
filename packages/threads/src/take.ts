// How an M takes records to start: from its P's queue, from the global one, and half of another P's.

import { takeBatch } from "./global-batch.ts";
import type { Group } from "./group.ts";
import type { Handed } from "./handed.ts";
import * as w from "./layout-words.ts";
import type { Queues } from "./queues.ts";

/** Records taken from the global queue at once. */
const GLOBAL_BATCH = 128;
const PASSES = 4;

/** Scheduler side. A record for this M to start; 0 if there is none, or it may not look for one now. */
export function takeRecord(h: Handed, q: Queues, globalFirst: boolean): number {
  const s = q.group;
  if (s.p < 0) return 0;
  q.got = 0;
  if (globalFirst) {
    const record = takeGlobal(h, q, 1);
    if (record !== 0) return record;
  }
  const own = q.of(s.p).get();
  if (own !== 0) return own;
  const record = takeGlobal(h, q, GLOBAL_BATCH);
  if (record !== 0) return record;
  return trySpin(h, s) ? steal(q) : 0;
}

function takeGlobal(h: Handed, q: Queues, max: number): number {
  const s = q.group;
  if (h.ops.load(s.mem, w.NGLOBAL) === 0 || !q.enter()) return 0;
  const first = takeBatch(h, q, q.of(s.p), max);
  q.leave();
  if (first === 0) return 0;
  q.from = -1;
  s.count(w.M_GLOBGETS, 1);
  return first;
}

// Four passes over the other Ps in a random order (go#164).
function steal(q: Queues): number {
  const s = q.group;
  const procs = s.procs;
  if (procs < 2 || !q.enter()) return 0;
  const own = q.of(s.p);
  let record = 0;
  for (let pass = 0; pass < PASSES && record === 0; pass++) {
    const stride = coprime(procs, random(q));
    let victim = random(q) % procs;
    for (let i = 0; i < procs && record === 0; i++, victim = (victim + stride) % procs) {
      if (victim === s.p) continue;
      const before = own.length;
      record = own.stealFrom(q.of(victim));
      if (record !== 0) {
        q.got = own.length - before + 1;
        q.from = victim;
        s.count(w.M_STEALS, 1);
        s.count(w.M_STOLEN, q.got);
        s.countP(s.p, w.P_STEALS, 1);
        s.countP(s.p, w.P_STOLEN, q.got);
      }
    }
  }
  q.leave();
  return record;
}

/** Scheduler side. True if this M may look into other queues: half as many spin as are busy, at most. */
export function trySpin({ ops }: Handed, s: Group): boolean {
  if (s.spinning) return true;
  const { mem } = s;
  const busy = ops.load(mem, w.NPROCS) - ops.load(mem, w.NPIDLE);
  if (2 * ops.load(mem, w.NSPINNING) >= busy) return false;
  s.spin(true);
  return true;
}

function random(q: Queues): number {
  let x = q.seed;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  q.seed = x;
  return x >>> 1;
}

/** A stride that visits every one of n in n steps. */
function coprime(n: number, random: number): number {
  let stride = (random % n) + 1;
  while (gcd(stride, n) !== 1) stride = (stride % n) + 1;
  return stride;
}

function gcd(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
