// Stand-ins: what stands here for a program of another M; see far-programs.ts.

import type { LeakedGoroutine, LeakReport } from "@gr/core";
import type { Program } from "@gr/core/internal";
import type { FarPrograms } from "./far-programs.ts";
import type { Handed } from "./handed.ts";
import * as n from "./numbers.ts";
import { CHANGE, CLOSED, FROM, HOME_SHIFT, ID_MASK, KEY, MAIL_BYTES, VALUE } from "./program-words.ts";

/** Owner thread only. The program of a record's key, on this M. */
export function programOf(h: Handed, programs: FarPrograms, key: number): Program {
  const { sched } = h;
  if ((key >>> HOME_SHIFT) - 1 === programs.m) {
    const own = programs.own(key & ID_MASK);
    if (own !== undefined) return own;
  }
  let p = programs.standIns.get(key);
  if (p === undefined) {
    const left: LeakedGoroutine[] = [];
    const onLeak = ({ kind, goroutines, text }: LeakReport): void => {
      if (kind === "unended") left.push(...goroutines);
      else sched.host.warn(text);
    };
    const deadlock = (key & CLOSED) === 0 ? "off" : "closed";
    p = new h.Program(key, { deadlock, onLeak }, () => standInEnded(h, programs, key, left));
    p.home = (err) => sendFailure(h, programs, key, err);
    p.ending = programs.over.has(key);
    if ((key & ID_MASK) !== 0) sendSpread(h, programs, key, 1, []);
    programs.standIns.set(key, p);
    programs.keys.set(p, key);
    sched.programs.add(p);
  }
  return p;
}

function standInEnded(h: Handed, programs: FarPrograms, key: number, left: readonly LeakedGoroutine[]): void {
  programs.standIns.delete(key);
  sendSpread(h, programs, key, -1, left);
}

function sendSpread(
  h: Handed,
  programs: FarPrograms,
  key: number,
  change: 1 | -1,
  left: readonly LeakedGoroutine[],
): void {
  const { arena, codec, number } = programs;
  const { ops } = h;
  const mem = arena.memory.i32;
  const cell = arena.allocate(MAIL_BYTES);
  ops.poke(mem, cell + n.MAIL_KIND, n.ProgramSpread);
  ops.poke(mem, cell + KEY, key);
  ops.poke(mem, cell + FROM, number);
  ops.poke(mem, cell + CHANGE, change);
  codec.encodeSlot(left.length > 0 ? left : undefined, cell + VALUE, "report");
  h.sendMail((key >>> HOME_SHIFT) - 1, cell);
}

function sendFailure(h: Handed, programs: FarPrograms, key: number, err: unknown): void {
  const { arena, codec } = programs;
  const { ops } = h;
  const mem = arena.memory.i32;
  const cell = arena.allocate(MAIL_BYTES);
  ops.poke(mem, cell + n.MAIL_KIND, n.ProgramFailed);
  ops.poke(mem, cell + KEY, key);
  h.encodeError(codec, err, cell + VALUE);
  h.sendMail((key >>> HOME_SHIFT) - 1, cell);
}
