// Told: a goroutine of which nobody has a handle; somebody only hears that it has ended (WaitGroup.go).
//
// One that runs on another M needs no object here then: a million of them that wait for their end are felt by the
// collector of garbage. Peers keep their numbers, and make the object when somebody looks (Peers.listUnheld).

import type { G } from "./g.ts";
import { Fjoined, Gdead } from "./g-status.ts";
import { spawn } from "./go.ts";
import type { AnyBody } from "./op.ts";
import { Party } from "./party.ts";
import { type PortableInfo, portableOf } from "./portable.ts";
import { sched } from "./sched.ts";

/** Who hears of ends. The same for many goroutines. */
export interface Told {
  /** Scheduler side. One of them has ended, however it did. Runs no user code. */
  done(): void;
}

/** What was started last: a loop starts the same again and again. */
let last: PortableInfo | undefined;

/**
 * Any point of the owner thread. Starts body(...args) as go() does, without a handle: `told` hears of the end, never
 * before this returns. False: it has ended already, for its program is ending and takes nobody in.
 * @throws what go() throws
 */
export function goTold(body: AnyBody, args: readonly unknown[], told: Told): boolean {
  const peers = sched.peers;
  if (peers !== null && (sched.importing === null || sched.m.curg !== null)) {
    if (body !== last?.body) last = portableOf(body);
    if (last !== undefined) return peers.spawnTold(last, args, told);
  }
  return tellEnd(spawn(body, args), told);
}

/** Owner thread only. `told` hears of g's end, first of all and joining it for nobody. False if g has ended. */
export function tellEnd(g: G, told: Told): boolean {
  if (g.statusCode === Gdead) return false;
  const member = new Member(g, told);
  member.pending = true;
  g.asOp().enqueue(member);
  return true;
}

class Member extends Party {
  private readonly g: G;
  private readonly told: Told;
  constructor(g: G, told: Told) {
    super();
    this.g = g;
    this.told = told;
  }
  override wake(): void {
    // Told that it ended, not how: its failure is still nobody's. First in the queue, it takes no other's join.
    this.g.flags &= ~Fjoined;
    this.told.done();
  }
}
