// RemoteG: the handle, at home, of a goroutine that starts and runs on any M.
//
// It is a G that waits for the other's end, so that join, select, programs and unjoined failures are what they are for
// goroutines of this M.

import {
  endProxy,
  enlist,
  expected,
  Fcancel,
  Fcancelled,
  G,
  Gdead,
  Gwaiting,
  OpBase,
  type PortableInfo,
  type Program,
  sideOf,
} from "@gr/core/internal";
import { ops } from "@gr/shm";
import * as n from "./numbers.ts";
import * as State from "./record-state.ts";
import * as rec from "./start-record.ts";

/** What a proxy waits in. */
class RemoteOp extends OpBase<unknown> {
  get reason(): number {
    return n.WaitJoin;
  }
  poll(): boolean {
    return false;
  }
  enqueue(): void {}
  dequeue(): void {}
}
const REMOTE = new RemoteOp();

/** What a proxy needs to reach its goroutine. */
export interface Reach {
  readonly mem: Int32Array;
  /** Asks the M that runs the record's goroutine to cancel it. */
  cancelFar(record: number): void;
  /** The proxy has ended; before its goroutine started, or will ever be heard of. */
  forget(g: RemoteG): void;
}

type Status = G["status"];

export class RemoteG extends G {
  /** Its start record; 0 once it has ended. */
  record: number;
  /** Index in the table of proxies. */
  readonly at: number;
  private readonly reach: Reach;

  constructor(
    id: number,
    portable: PortableInfo,
    program: Program,
    parent: number,
    at: number,
    record: number,
    reach: Reach,
  ) {
    super(id, portable.body, NO_ARGS, program, parent);
    this.record = record;
    this.at = at;
    this.reach = reach;
    this.statusCode = Gwaiting;
    this.pending = true;
    this.op = REMOTE;
    this.value = undefined;
    enlist(this);
  }

  override get status(): Status {
    if (this.statusCode === Gdead) return "dead";
    const state = ops.load(this.reach.mem, this.record + rec.STATE);
    return state === State.Queued ? "runnable" : "running";
  }

  override cancel(reason?: unknown): void {
    if (this.statusCode === Gdead || (this.flags & Fcancel) !== 0) return;
    const { mem } = this.reach;
    const was = ops.compareExchange(mem, this.record + rec.STATE, State.Queued, State.Cancelled);
    // Done: what it ended with is in this M's inbox, and counts. It throws if there is no room: then nothing has happened.
    if (was === State.Started) this.reach.cancelFar(this.record);
    this.flags |= Fcancel | Fcancelled;
    sideOf(this).reason = reason;
    if (was !== State.Queued) return;
    this.reach.forget(this);
    this.settle(n.Cancelled, undefined);
  }

  /** Owner thread only. Its goroutine has ended: how (GoEndWhy), and with what. */
  settle(how: number, value: unknown): void {
    if (how !== n.Cancelled) this.flags &= ~Fcancelled;
    this.record = 0;
    if (this.claim()) endProxy(this, how, value);
  }
}

const NO_ARGS: readonly unknown[] = [];

/** The text of the error for a queue that is at its limit. */
export const queueFull = (max: number): string => expected("go", `at most ${max} portables in flight (maxQueue)`, max);
