// Deaths of Ms: what is done when a thread is gone, wherever it was.
//
// Who knows of it puts the group's words right and mails every other M. Each then ends what only the dead could have
// ended: its goroutines there fail with ThreadLostError, records the dead had taken and not started are queued again, and
// the owners of channels and locks repair theirs (shm's bury).
//
// That is done once. A worker whose thread ends by itself does it in its last moment (departure.ts). Else, and when the
// worker was ended in the middle of it, main does what is left: M_LIFE says how far it has come.
//
// Main loads this file at the first death; what has happened meanwhile keeps: who held a P holds it a little longer.

import * as Control from "./control-kinds.ts";
import type { Group } from "./group.ts";
import type { Handed } from "./handed.ts";
import * as w from "./layout-words.ts";
import * as Life from "./life.ts";
import type { MPeers } from "./m-peers.ts";
import * as MState from "./m-state.ts";
import { HAVE, NEXT } from "./object-words.ts";
import * as State from "./record-state.ts";
import * as rec from "./record-words.ts";

/** Main only. The thread of M m (-1: it never got a number) is gone, and so is what ran there; error: why. */
export function goneM(h: Handed, peers: MPeers, m: number, error: unknown): void {
  const { ops, sched } = h;
  const text = error instanceof Error ? error.message : String(error);
  const { mem } = peers;
  if (m === w.SYSMON) {
    ops.store(mem, w.SYS_UP, 0);
    sched.host.warn(`threads: sysmon is gone (${text}): a blocked thread keeps its P from now on`);
    return;
  }
  const slot = h.mSlot(m);
  const life = m < 0 ? Life.Free : ops.load(mem, slot + w.M_LIFE);
  // One that took itself out was up.
  const booted = life > Life.Given || (life === Life.Given && ops.load(mem, slot + w.M_STATE) !== MState.None);
  if (!booted) {
    // What is wrong with one worker's start is wrong with the next; others, or main, must do.
    ops.store(mem, w.WORKER_LIMIT, ops.load(mem, w.NWORKERS) - (m < 0 ? 0 : 1));
    sched.host.warn(`threads: a worker could not start: ${text}`);
  } else if (error !== undefined) sched.host.warn(`threads: M${m} is gone: ${text}`);
  if (m >= 0) {
    if (life !== Life.Left) bringOut(h, peers, m, error, MState.None);
    ops.store(mem, slot + w.M_LIFE, Life.Free);
  }
  h.kick();
}

/**
 * Who takes M m out, once it does nothing more: puts right what the words say of it, and tells the others. It is in
 * `state` until all have been told.
 */
export function bringOut(h: Handed, peers: MPeers, m: number, error: unknown, state: number): void {
  const { ops } = h;
  const { mem, group: s, arena } = peers;
  const slot = h.mSlot(m);
  const place = h.markDead(mem, m);
  const woken = takeOut(h, peers, h.slotOf(m), state);
  if (woken >= 0) h.unpark(mem, h.mSlot(woken) + w.M_PARK, () => peers.ping(woken));
  tellAll(h, peers, m, place, error);
  h.wakeP(s, peers);
  s.lock();
  ops.store(mem, slot + w.M_STATE, MState.None);
  s.unlock();
  arena.reclaim(h.slotOf(m));
  ops.store(mem, slot + w.M_LIFE, Life.Left);
}

// Takes the M of slot `dead` out of every list, gives its P away with what is queued on it, and breaks the locks it held.
// Returns an M to unpark, or -1. Does nothing if that has been done.
function takeOut(h: Handed, { group: s, arena, queues }: MPeers, dead: number, state: number): number {
  const { ops, breakLock, mSlot } = h;
  const { mem } = s;
  const slot = mSlot(dead);
  if (ops.load(mem, slot + w.M_LIFE) >= Life.Out) return -1;
  // The arena knows its threads by slot; no other has this one yet.
  breakLock(mem, arena.lockWord, h.slotOf(dead));
  const broken = breakLock(mem, w.LOCK, dead);
  let woken = -1;
  s.lock();
  if (broken) rebuild(h, s, w.MAX_PS);
  const booted = ops.load(mem, slot + w.M_STATE) !== MState.None;
  const spare = ops.load(mem, w.SPARE) === dead + 1;
  s.unstick(dead);
  // Else it would count as the one who finds the next record, for ever.
  if (ops.load(mem, slot + w.M_SPINNING) === 1) ops.sub(mem, w.NSPINNING, 1);
  ops.store(mem, slot + w.M_SPINNING, 0);
  // Another would end as this one did, again and again.
  if (spare) ops.store(mem, w.SPARE, -1);
  forgetM(h, s, dead);
  for (let p = 0; p < w.MAX_PS; p++) {
    const at = s.pSlot(p);
    if ((ops.load(mem, at + w.P_OWNER) & ~w.BUSY) !== dead + 1) continue;
    s.countTicks(p, dead);
    if (ops.load(mem, slot + w.M_SPIN) === 1) ops.sub(mem, w.NSPINNING, 1);
    const own = queues.of(p);
    for (let r = own.get(); r !== 0; r = own.get()) s.pushGlobal(r, r, 1);
    woken = s.giveP(p);
  }
  ops.store(mem, slot + w.M_HELD, 0);
  ops.store(mem, slot + w.M_NEXTP, 0);
  ops.store(mem, slot + w.M_LIVE, 0);
  forgetHolder(h, mem, dead);
  if (booted) ops.store(mem, slot + w.M_STATE, state);
  else ops.sub(mem, w.STARTING, 1);
  ops.sub(mem, w.NWORKERS, 1);
  ops.store(mem, slot + w.M_LIFE, Life.Out);
  s.unlock();
  return woken;
}

// Caller holds the lock. M m has no shared object any more; the next one in its slot is to get them.
function forgetHolder({ ops }: Handed, mem: Int32Array, m: number): void {
  for (let at = ops.load(mem, w.OBJECTS); at !== 0; at = ops.load(mem, at + NEXT)) {
    const word = at + HAVE + (m >> 5);
    ops.store(mem, word, ops.load(mem, word) & ~(1 << (m & 31)));
  }
}

/** Caller holds the lock. M m is no more: takes it off whichever list it is on. */
function forgetM({ ops, mSlot }: Handed, s: Group, m: number): void {
  const state = ops.load(s.mem, mSlot(m) + w.M_STATE);
  if (state === MState.Idle) s.unlinkIdle(m);
  else if (state === MState.Wanting) s.unlinkWanting(m);
  ops.store(s.mem, mSlot(m) + w.M_STATE, MState.None);
}

/**
 * Caller holds the lock, which was broken: its holder may have died between two stores. Makes the lists anew from what
 * the slots say. Records that the dead had in its hands are lost.
 */
function rebuild({ ops, mSlot }: Handed, s: Group, ps: number): void {
  const { mem } = s;
  for (const word of [w.PIDLE, w.MIDLE, w.WANT_HEAD, w.WANT_TAIL, w.NPIDLE, w.NMIDLE, w.NWANT]) ops.store(mem, word, 0);
  const procs = ops.load(mem, w.NPROCS);
  for (let p = Math.min(ps, procs) - 1; p >= 0; p--) if (ops.load(mem, s.pSlot(p) + w.P_OWNER) === 0) s.pushIdleP(p);
  const ms = ops.load(mem, w.NMS);
  for (let m = 0; m < ms; m++) {
    const state = ops.load(mem, mSlot(m) + w.M_STATE);
    if (state === MState.Wanting) s.appendWanting(m);
    // The main M is asleep outside the list.
    else if (state === MState.Idle && m > 0) s.linkIdle(m);
  }
  let n = 0;
  let last = 0;
  for (let r = ops.load(mem, w.GHEAD); r !== 0; r = ops.load(mem, r)) {
    last = r;
    n++;
  }
  ops.store(mem, w.GTAIL, last);
  ops.store(mem, w.NGLOBAL, n);
  // Perhaps the head had moved already.
  ops.add(mem, w.GTAKEN, 1);
}

function tellAll(h: Handed, { mem, codec }: MPeers, dead: number, place: number, cause: unknown): void {
  const order = { what: Control.Died, m: dead, at: place, value: cause };
  // This M too gets it as mail: after what the dead had sent.
  for (let m = 0; m < h.ops.load(mem, w.NMS); m++)
    if (m !== h.slotOf(dead) && h.ops.load(mem, h.mSlot(m) + w.M_STATE) !== MState.None) h.sendOrder(codec, m, order);
}

/** Scheduler side, when the mail has come. M m, which was at `place`, is no more: ends what only it could have ended here. */
export function heardOfDeath(h: Handed, peers: MPeers, m: number, place: number, cause: unknown): void {
  const { mem, home } = peers;
  h.bury(m, place);
  peers.handles?.died(m);
  home.world.programs.died(m);
  home.hold(null);
  for (const g of home.proxies.held()) {
    const { record } = g;
    if (h.ops.load(mem, record + rec.RUNNER) !== m + 1) continue;
    const state = h.ops.load(mem, record + rec.STATE);
    if (state === State.Queued && (h.ops.peek(mem, record + rec.SHAPE) & rec.THREAD) !== 0)
      home.lose(g, `M${m}, which was to run it, did not start`, cause);
    else if (state === State.Queued) requeue(h, peers, record);
    // Done: what it ended with was on its way here, and has come.
    else if (state === State.Started) home.lose(g, `M${m}, which ran it, is gone`, cause);
  }
  home.world.objects.changed();
}

// The dead had taken it from a queue, and was still importing its module.
function requeue(h: Handed, peers: MPeers, record: number): void {
  const { mem, home } = peers;
  h.ops.store(mem, record + rec.RUNNER, 0);
  if ((h.ops.peek(mem, record + rec.SHAPE) & rec.BLOCKING) !== 0) peers.putBlocking?.(record);
  else home.world.put(record);
}
