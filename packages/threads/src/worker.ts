// @gr/threads/worker: what a worker's file calls to become an M.

import { passFresh } from "@gr/core/internal";
import { attachMemory } from "@gr/shm";
import { askForWorker } from "./control.ts";
import { joinGroup } from "./join-group.ts";
import type { MPeers } from "./m-peers.ts";
import type { Boot } from "./messages.ts";
import type { WorkerEnd } from "./thread.ts";
import { nodeWorkerEnd } from "./thread-node.ts";
import { webWorkerEnd } from "./thread-web.ts";

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
    if (message.gr === "boot") {
      void Promise.all(message.modules.map(load)).then(() => {
        peers = boot(message, end);
      });
    } else if (message.gr === "ping") peers?.pinged();
  });
}

function load(url: string): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ url);
}

function boot({ buffer, m }: Boot, end: WorkerEnd): MPeers {
  const memory = attachMemory(buffer);
  const peers = joinGroup(memory, m, {
    canBlock: true,
    starts: "yes",
    spins: true,
    maxQueue: Number.POSITIVE_INFINITY,
    import: load,
    ping: (to) => end.post({ gr: "ping", to }),
    startWorker: askForWorker,
    stopped: () => end.close(),
    held() {},
  });
  passFresh();
  return peers;
}
