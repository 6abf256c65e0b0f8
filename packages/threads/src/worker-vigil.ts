// The vigil of a worker; the essay is in vigil.ts.

import { sched } from "@gr/core/internal";
import { ops } from "@gr/shm";
import { ableAnywhere, allRest, closedAnywhere } from "./all-rest.ts";
import type { Group } from "./group.ts";
import { handed } from "./handed.ts";
import { later } from "./later.ts";
import * as w from "./layout.ts";
import type { MWorld } from "./m-world.ts";
import * as n from "./numbers.ts";
import { rest, restOf, stir } from "./rest.ts";
import { Asleep, Begun, Drained, Signals } from "./rest-bits.ts";
import { isExact, UNKNOWN, type Vigil } from "./vigil.ts";

/** Milliseconds that a worker sleeps before it lets its loop drain. */
const QUIET_MS = 20;

export class WorkerVigil implements Vigil {
  private readonly s: Group;
  private readonly loosen: ((on: boolean) => void) | null;
  private readonly ring: () => void;
  private loose: boolean;
  private armed: boolean;

  constructor(s: Group, world: MWorld, ring: () => void) {
    this.s = s;
    this.loosen = world.loosen;
    this.ring = ring;
    this.loose = false;
    this.armed = false;
  }

  stir(): void {
    stir(this.s);
    if (this.loose) this.tighten();
  }

  rests(able: number, here: number): number {
    const { s } = this;
    ops.poke(s.mem, s.slot + w.M_CLOSED, here);
    ops.poke(s.mem, s.slot + w.M_ABLE, able);
    rest(s, Asleep);
    const closed = closedAnywhere(handed, s.mem);
    if (closed !== 0 && allRest(handed, s, Asleep, Asleep) && (closed & ~ableAnywhere(handed, s.mem)) !== 0)
      this.ring();
    this.arm();
    return UNKNOWN;
  }

  private arm(): void {
    if (this.armed || this.loosen === null) return;
    this.armed = true;
    const word = this.word();
    later(QUIET_MS, () => {
      this.armed = false;
      if (restOf(this.s.mem, this.s.m) !== Asleep) return;
      if (this.word() !== word) this.arm();
      else {
        this.loose = true;
        this.loosen?.(true);
      }
    });
  }

  private word(): number {
    return ops.peek(this.s.mem, this.s.slot + w.M_REST);
  }

  drained(signals: boolean): number {
    const { s } = this;
    this.tighten();
    if ((restOf(s.mem, s.m) & Asleep) === 0) return n.Here;
    const begun = [...sched.programs].some((p) => isExact(p) && !p.doomed);
    rest(s, Asleep | Drained | (signals ? Signals : 0) | (begun ? Begun : 0));
    if (allRest(handed, s, Asleep, Asleep | Drained)) this.ring();
    return n.Here;
  }

  private tighten(): void {
    this.loose = false;
    this.loosen?.(false);
  }

  acts(): void {}
  held(): void {}
}
