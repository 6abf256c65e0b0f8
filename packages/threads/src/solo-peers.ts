// SoloPeers: the Peers of an M that runs one portable and what that starts here (Thread), and serves no queue.
//
// It holds no P, so that GOMAXPROCS goroutines execute beside it, and sysmon does not look at it: it may block in any
// call. In the group's words it is an M in a blocking call, from the moment its number is reserved; it is on no list,
// and only mail wakes it.
//
// Its thread ends when the portable has ended and so have the portables that it started elsewhere; what else it left
// behind here waits for ever and is dropped.

import type { G } from "@gr/core/internal";
import { type Arena, type Codec, type Memory, ops } from "@gr/shm";
import * as w from "./layout.ts";
import type { MWorld } from "./m-world.ts";
import { Found } from "./spin.ts";
import type { Starts } from "./starts.ts";
import { WorkerPeers } from "./worker-peers.ts";

export class SoloPeers extends WorkerPeers {
  /** The one to start; 0 once it has been. */
  private record: number;

  constructor(memory: Memory, arena: Arena, codec: Codec, m: number, world: MWorld, record: number) {
    super(memory, arena, codec, m, world);
    this.record = record;
    this.look = () => Found.Nothing;
  }

  override acquire(): boolean {
    return this.arrive();
  }

  override receive(): boolean {
    super.receive();
    return true;
  }

  override startTurn(): boolean {
    return false;
  }

  override nextStart(): G | null {
    const { record } = this;
    this.record = 0;
    return record === 0 ? null : (this.starts as Starts).start(record);
  }

  override idle(): boolean {
    const { starts, home, mem, world } = this;
    const waits = starts?.importing === true || world.objects.waits > 0;
    if (!waits && home.live === 0 && ops.peek(mem, this.group.slot + w.M_LIVE) === 0) this.world.stopped();
    if (this.waitAwake()) return true;
    this.group.count(w.M_PARKS, 1);
    if (this.arm()) return false;
    this.deliver();
    return true;
  }

  override yieldP(): boolean {
    return true;
  }
}
