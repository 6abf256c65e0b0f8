// Mail to the main M: a worker has reserved another one and asks for it to be started.

import { attached, MAIL_KIND, Mail, ops, sendMail } from "@gr/shm";

/** Owner thread only. Asks main to start a worker that has been reserved. */
export function askForWorker(): void {
  const to = attached();
  if (to === null) return;
  const cell = to.arena.allocate(64);
  ops.poke(to.memory.i32, cell + MAIL_KIND, Mail.Control);
  sendMail(0, cell);
}
