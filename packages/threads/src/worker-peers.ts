// WorkerPeers: the Peers of a worker. It records when main traces, and takes blocking calls; main does neither.

import { sched } from "@gr/core/internal";
import { type Arena, type Codec, type Memory, ops } from "@gr/shm";
import { helpBlocking, passOnBlocking, queueBlocking } from "./blocking-calls.ts";
import { callRecord } from "./blocking-run.ts";
import type { Order } from "./control.ts";
import * as Control from "./control-kinds.ts";
import { heardOfDeath } from "./deaths.ts";
import { Gathering } from "./gather.ts";
import { restAsSpare } from "./group-rare.ts";
import { handed } from "./handed.ts";
import { EXACT } from "./judge.ts";
import * as w from "./layout.ts";
import { MPeers } from "./m-peers.ts";
import type { MWorld } from "./m-world.ts";
import { isBlocking, letGo } from "./start-record.ts";
import { Starts } from "./starts.ts";
import { Tracing } from "./trace-sink.ts";
import { WorkerVigil } from "./worker-vigil.ts";

export class WorkerPeers extends MPeers {
  private readonly tracing: Tracing;

  constructor(memory: Memory, arena: Arena, codec: Codec, m: number, world: MWorld) {
    super(memory, arena, codec, m, world, (s, around, ring) => new WorkerVigil(s, around, ring));
    this.haveStarts(Starts);
    this.gathering = new Gathering(handed, this.group, codec, this.programs);
    this.tracing = new Tracing(arena, codec, m);
    this.onDeath = (dead, place, cause) => heardOfDeath(handed, this, dead, place, cause);
  }

  protected override arrive(): boolean {
    if (!super.arrive()) return false;
    this.tracing.follow();
    if (ops.load(this.mem, this.group.slot + w.M_HELPS) !== 0 && !this.helps()) passOnBlocking(this.group, this);
    return true;
  }

  protected override control(order: Order): void {
    if (order.what !== Control.Judge) super.control(order);
    // There since the threads were started.
    else sched.rare?.judgeTold(sched, order.at === EXACT, order.at);
  }

  override drained(): number {
    // A worker is not sent signals of the operating system.
    return super.drained(sched.signalWaits > 0);
  }

  protected override imported(records: readonly number[]): void {
    super.imported(records.filter((r) => !isBlocking(this.mem, r)));
    for (const r of records) if (isBlocking(this.mem, r)) queueBlocking(this.group, this, letGo(this.mem, r));
  }

  override rest(): void {
    if (!restAsSpare(this.group)) super.rest();
  }

  override help(): boolean {
    if (ops.load(this.mem, w.NBLOCKING) === 0 || !this.helps()) return false;
    return helpBlocking(this.group, this, (r) => callRecord(this.starts as Starts, r));
  }
  // A blocking call would hold up what else is here.
  private helps(): boolean {
    if (this.starts?.importing === true || this.pinned()) return false;
    return ops.peek(this.mem, this.group.slot + w.M_LIVE) === 0;
  }
}
