// @gr/threads/worker: what a worker's file calls to become an M.

import { passFresh } from "@gr/core/internal";
import { attachMemory } from "@gr/shm";
import { joinGroup } from "./join-group.ts";
import * as w from "./layout.ts";
import type { MPeers } from "./m-peers.ts";
import type { MWorld } from "./m-world.ts";
import type { Boot } from "./messages.ts";
import { Retirement } from "./retire.ts";
import { runSysmon } from "./sysmon.ts";
import type { WorkerEnd } from "./thread.ts";
import { nodePlatform, nodeWorkerEnd } from "./thread-node.ts";
import { webPlatform, webWorkerEnd } from "./thread-web.ts";
import { Workers } from "./workers.ts";

/**
 * Makes this worker an M of the program that started it. `tasks` are the modules with the program's portables: naming
 * them here keeps a bundler from dropping them. Call it once, at the top level of the worker's file.
 */
export function serve(...tasks: readonly unknown[]): void {
  void tasks;
  const end = nodeWorkerEnd() ?? webWorkerEnd();
  if (end === null) throw new Error("serve: expected to be called in a worker");
  let peers: MPeers | null = null;
  end.onMessage((message) => {
    if (message.gr === "ping") peers?.pinged();
    else if (message.gr !== "boot") return;
    else if (message.m === w.SYSMON) watch(message, end);
    else
      void Promise.all(message.modules.map(load)).then(() => {
        peers = boot(message, end);
      });
  });
}

function load(url: string): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ url);
}

function boot({ buffer, m, record, idleMs }: Boot, end: WorkerEnd): MPeers {
  const world: MWorld = {
    canBlock: true,
    starts: "yes",
    spins: true,
    maxQueue: Number.POSITIVE_INFINITY,
    import: load,
    ping: (to) => end.post({ gr: "ping", to }),
    startWorker() {},
    startThread() {},
    terminate() {},
    slept: () => retirement.slept(),
    stopped: () => end.close(),
    held() {},
  };
  const peers = joinGroup(attachMemory(buffer), m, world, record);
  const waits = (): number => peers.liveElsewhere();
  const retirement = new Retirement(peers.group, idleMs, waits, () => end.close());
  passFresh();
  return peers;
}

function watch({ buffer, idleMs, modules }: Boot, end: WorkerEnd): void {
  const memory = attachMemory(buffer);
  const platform = nodePlatform() ?? webPlatform();
  const workers =
    platform === null
      ? null
      : new Workers(
          platform,
          memory,
          { make: null, resourceLimits: undefined, idleMs },
          () => modules,
          () => {},
          (m, error) => end.post({ gr: "gone", m, error }),
        );
  runSysmon(memory.i32, {
    startNeeded: () => workers?.startNeeded(),
    after: (ms, task) => void setTimeout(task, ms),
    stopped: () => end.close(),
  });
}
