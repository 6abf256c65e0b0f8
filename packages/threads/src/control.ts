// Mail to an M itself: start a worker that is needed, or: another M has died.

import type { Codec } from "@gr/shm";
import { attached, MAIL_BODY, MAIL_KIND, Mail, ops, sendMail } from "@gr/shm";
import { encodeError } from "./errors.ts";
import * as w from "./layout.ts";

export const CONTROL_WHAT: number = MAIL_BODY;
export const CONTROL_M: number = MAIL_BODY + 1;
/** A slot: why the M died. */
export const CONTROL_CAUSE = 4;

export const Control = { StartWorker: 1, Died: 2 } as const;

/** Owner thread only. A worker has been reserved and is needed: whoever can starts it. */
export function askForWorker(): void {
  const to = attached();
  if (to === null) return;
  ops.add(to.memory.i32, w.NEED, 1);
  const cell = to.arena.allocate(64);
  ops.poke(to.memory.i32, cell + MAIL_KIND, Mail.Control);
  ops.poke(to.memory.i32, cell + CONTROL_WHAT, Control.StartWorker);
  sendMail(0, cell);
}

/** Owner thread only. Tells M `to` that M `dead` is no more. */
export function tellDeath(codec: Codec, to: number, dead: number, cause: unknown): void {
  const here = attached();
  if (here === null) return;
  const mem = here.memory.i32;
  const cell = here.arena.allocate(64);
  ops.poke(mem, cell + MAIL_KIND, Mail.Control);
  ops.poke(mem, cell + CONTROL_WHAT, Control.Died);
  ops.poke(mem, cell + CONTROL_M, dead);
  encodeError(codec, cause, cell + CONTROL_CAUSE);
  sendMail(to, cell);
}
