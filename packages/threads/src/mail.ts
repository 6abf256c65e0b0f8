// What has come by mail for the goroutines of this M, and how it waits awake for more.

import { sched } from "@gr/core/internal";
import { deliverMail, isEmpty, nextOf, takeAll } from "@gr/shm";
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
