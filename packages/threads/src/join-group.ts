// How an isolate becomes an M: attaches to the memory, and its scheduler to the group.

import { loadLeft, loadWithThreads, sched } from "@gr/core/internal";
import { Arena, attach, Codec, inside, type Memory, ops, slotOf } from "@gr/shm";
import { handed } from "./handed.ts";
import type { Handles } from "./handles.ts";
import * as w from "./layout.ts";
import type { MPeers } from "./m-peers.ts";
import * as MState from "./m-state.ts";
import type { MWorld } from "./m-world.ts";
import { SharedObjects } from "./shared-objects.ts";
import { Signals } from "./signals.ts";

/** Handles cross threads in few programs, but whoever encodes one cannot wait. */
let Opened: typeof Handles;
loadWithThreads(async () => {
  Opened = (await import("./handles.ts")).Handles;
});

/** Owner thread only. Makes this isolate M m of the group that lives in `memory`, with what `make` makes. Takes no P. */
export function joinGroup<P extends MPeers>(
  memory: Memory,
  m: number,
  world: MWorld,
  make: (arena: Arena, codec: Codec) => P,
): P {
  const arena = new Arena(memory, slotOf(m), { canBlock: world.canBlock });
  inside(memory.i32, m, 0);
  const peers = make(arena, new Codec(arena));
  const s = peers.group;
  // One that is for a record alone (solo-peers.ts) is in a call from the start, and on no list.
  s.lock();
  if (ops.load(memory.i32, s.slot + w.M_STATE) === MState.None) {
    ops.store(memory.i32, s.slot + w.M_STATE, MState.Awake);
    if (m > 0) ops.sub(memory.i32, w.STARTING, 1);
  }
  s.unlock();
  attach({
    memory,
    arena,
    m,
    canBlock: world.canBlock,
    post: (to, cell) => peers.post(to, cell),
    held: (change) => peers.held(change),
  });
  // For a package that was imported while others loaded.
  void loadLeft();
  new Signals(arena, m);
  new SharedObjects(arena, world.objects);
  peers.handles = new Opened(handed, peers, m);
  sched.m.id = m;
  sched.p.id = -1;
  sched.peers = peers;
  // Ids come from the group's counter from now on.
  sched.idEnd = sched.nextId;
  return peers;
}

/** Owner thread only. This isolate is on its own again. */
export function leaveGroup(): void {
  const { mem, handles } = sched.peers as MPeers;
  handles?.close();
  sched.peers = null;
  attach(null);
  sched.m.id = 0;
  sched.p.id = 0;
  sched.nextId = Math.max(sched.nextId, ops.load(mem, w.NEXT_ID));
  sched.idEnd = Number.MAX_SAFE_INTEGER;
}
