// @gr/threads/worker: what a worker's file calls to become an M.

import { loadLeft, passFresh, sched } from "@gr/core/internal";
import { attachMemory, type Memory, ops, slotOf } from "@gr/shm";
import { type Bus, isObjectMessage, type Neighbours, type ObjectMessage, TreeBus } from "./bus.ts";
import { depart } from "./departure.ts";
import { asked } from "./grdebug.ts";
import { Group } from "./group.ts";
import { Hogs } from "./hog.ts";
import { printNow, stackOf } from "./hog-node.ts";
import { joinGroup } from "./join-group.ts";
import { lateLines } from "./late-lines.ts";
import * as w from "./layout.ts";
import type { MPeers } from "./m-peers.ts";
import type { MWorld } from "./m-world.ts";
import type { Boot } from "./messages.ts";
import { completeTable } from "./object-complete.ts";
import { ObjectTable } from "./object-table.ts";
import { Retirement } from "./retire.ts";
import { SoloPeers } from "./solo-peers.ts";
import { runSysmon } from "./sysmon.ts";
import type { WorkerEnd } from "./thread.ts";
import { nodePlatform, nodeWorkerEnd } from "./thread-node.ts";
import { webPlatform, webWorkerEnd } from "./thread-web.ts";
import { WorkerPeers } from "./worker-peers.ts";
import { Workers } from "./workers.ts";

/**
 * Makes this worker an M of the program that started it. `tasks` are the modules with the program's portables: naming
 * them here keeps a bundler from dropping them. Call it once, at the top level of the worker's file.
 */
export function serve(...tasks: readonly unknown[]): void {
  void tasks;
  const end = nodeWorkerEnd() ?? webWorkerEnd();
  if (end === null) throw new Error("serve: expected to be called in a worker");
  // Main or sysmon speaks of all.
  sched.m.look = () => null;
  let peers: MPeers | null = null;
  let watcher: ((to: number) => void) | null = null;
  const line = new Line(end);
  end.onMessage((message) => {
    if (message.gr === "ping") {
      if (peers === null) watcher?.(message.to);
      else peers.pinged();
    }
    if (isObjectMessage(message)) line.received(message, STARTER);
    if (message.gr !== "boot") return;
    if (message.m === w.SYSMON) watcher = watch(message, end, line);
    else {
      const objects = line.open(attachMemory(message.buffer), message);
      void Promise.all([completeTable(objects, message.objects), ...message.modules.map(load)])
        .then(loadLeft)
        .then(() => {
          peers = boot(message, end, objects);
        });
    }
  });
}

/** Who started this worker, among the neighbours of its bus. */
const STARTER = -2;

/** The worker's end of the line for shared objects. */
class Line implements Neighbours {
  /** The threads that this one started. */
  started: Neighbours | null = null;
  private readonly end: WorkerEnd;
  private tree: TreeBus | null = null;
  private table: ObjectTable | null = null;

  constructor(end: WorkerEnd) {
    this.end = end;
  }

  /** Opens the line of M m. */
  open(memory: Memory, { m, bus }: Boot): ObjectTable {
    this.table = new ObjectTable(new Group(memory.i32, m), (told) => this.bus(bus, told));
    // Order matters: open first; pairs with StarterBus, which sends what comes before that over the port.
    ops.store(memory.i32, w.mSlot(m) + w.M_OPEN, 1);
    return this.table;
  }

  private bus(name: string, told: (message: ObjectMessage) => void): Bus {
    const line = name === "" ? null : (nodePlatform()?.bus(name, told) ?? null);
    if (line !== null) return line;
    this.tree = new TreeBus(told, this);
    return this.tree;
  }

  send(message: ObjectMessage, except: number): void {
    if (except !== STARTER) this.end.post(message);
    this.started?.send(message, except);
  }

  /** A message has come over a port of this worker. */
  received(message: ObjectMessage, from: number): void {
    if (this.tree !== null) this.tree.received(message, from);
    else this.table?.receive(message);
  }
}

function load(url: string): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ url);
}

function boot({ buffer, m, record, idleMs }: Boot, end: WorkerEnd, objects: ObjectTable): WorkerPeers {
  const world: MWorld = {
    canBlock: true,
    starts: "yes",
    maxQueue: Number.POSITIVE_INFINITY,
    objects,
    import: load,
    ping: (to) => end.post({ gr: "ping", to }),
    startWorker() {},
    startThread() {},
    terminate() {},
    broken() {},
    slept: () => retirement.slept(),
    stopped: () => end.close(),
    held() {},
    loosen: end.loosen,
  };
  const memory = attachMemory(buffer);
  ops.store(memory.i32, w.mSlot(m) + w.M_THREAD, end.thread);
  const peers = joinGroup(memory, m, world, (arena, codec) =>
    record === 0
      ? new WorkerPeers(memory, arena, codec, slotOf(m), world)
      : new SoloPeers(memory, arena, codec, slotOf(m), world, record),
  );
  end.onEnd((error) => depart(peers, error));
  const needed = (): boolean =>
    peers.unseen || peers.liveElsewhere() > 0 || (peers.handles !== null && peers.handles.lent.size > 0);
  const retirement = new Retirement(peers.group, idleMs, needed, () => end.close());
  passFresh();
  return peers;
}

// What GRDEBUG=hog asks for, or null.
function watchHogs(mem: Int32Array): Hogs | null {
  const afterMs = asked(sched.host.env("GRDEBUG"), "hog");
  if (afterMs === 0) return null;
  return new Hogs(mem, afterMs, {
    stackOf: (m, still) => stackOf(ops.load(mem, w.mSlot(m) + w.M_THREAD), still),
    print: printNow,
  });
}

// Returns what takes pings.
function watch(message: Boot, end: WorkerEnd, line: Line): (to: number) => void {
  sched.m.id = w.SYSMON;
  const { buffer, idleMs, modules, bus } = message;
  const memory = attachMemory(buffer);
  const objects = line.open(memory, message);
  void completeTable(objects, message.objects);
  const platform = nodePlatform() ?? webPlatform();
  const ping = (to: number): void => {
    if (!workers?.ping(to)) end.post({ gr: "ping", to });
  };
  // A worker file of the application's own is known to main only.
  const workers: Workers | null =
    platform === null || !message.ours
      ? null
      : new Workers(
          platform,
          memory,
          { make: null, resourceLimits: undefined, idleMs },
          () => modules,
          () => ({ bus, objects: objects.known() }),
          (told, from) => {
            if (isObjectMessage(told)) line.received(told, from);
            else if (told.gr === "ping") ping(told.to);
          },
          (m, error) => end.post({ gr: "gone", m, error }),
        );
  line.started = workers;
  sched.host.print = printNow;
  sched.m.look = lateLines(memory, () => sched.host.now());
  const hogs = watchHogs(memory.i32);
  const pinged = runSysmon(memory.i32, {
    tellMain: () => end.post({ gr: "need" }),
    startNeeded: () => workers?.startNeeded(),
    after: (ms, task) => void setTimeout(task, ms),
    stopped: () => end.close(),
    ping,
    also: (now) => hogs?.look(now),
  });
  return (to) => {
    if (to === w.SYSMON) pinged();
    else workers?.ping(to);
  };
}
