// Mail between Ms: what has come for the goroutines of this one, how it waits awake for more, what it sends.

import { kick, sched } from "@gr/core/internal";
import { deliverMail, isEmpty, nextOf, push, takeAll, unpark } from "@gr/shm";
import * as Ev from "./events.ts";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import type { Spin } from "./spin.ts";

/** Owner thread only. Delivers what lies in the inbox; false if nothing did. */
export function deliverAll(s: Group, inbox: number): boolean {
  const { mem } = s;
  if (isEmpty(mem, inbox)) return false;
  let n = 0;
  for (let cell = takeAll(mem, inbox); cell !== 0; n++) {
    const next = nextOf(mem, cell);
    deliverMail(mem, cell);
    cell = next;
  }
  s.count(w.M_MAIL, n);
  if (sched.trace !== null) sched.trace.event(Ev.MailRecv, 0, 0, 0, n);
  return true;
}

/** Any point of the owner thread. Pushes a cell into M m's inbox and wakes it; `pings` does where waitAsync is missing. */
export function postTo(s: Group, pings: { ping(m: number): void }, m: number, cell: number): void {
  if (sched.trace !== null) sched.trace.event(Ev.MailSend, 0, 0, 0, m);
  const slot = w.mSlot(m);
  const first = push(s.mem, slot + w.M_INBOX, cell);
  if (slot === s.slot) kick();
  else if (first) unpark(s.mem, slot + w.M_PARK, () => pings.ping(m));
}

/** Owner thread only. Waits awake for mail, or for what `look` finds; true if there is something to do. */
export function awaitMail(s: Group, inbox: number, spin: Spin, look: () => number): boolean {
  if (!spin.due()) return false;
  const trace = sched.trace;
  trace?.event(Ev.MSpinBegin, 0, 0, 0, 0);
  s.count(w.M_SPINS, 1);
  // A Thread's M holds none.
  if (s.p >= 0) s.countP(s.p, w.P_SPINS, 1);
  const found = spin.wait(s.mem, inbox, look);
  trace?.stamp();
  trace?.event(Ev.MSpinEnd, found ? 1 : 0, 0, 0, 0);
  return found;
}
