// Departure: a worker whose thread ends by itself (its event loop is empty, process.exit, an error that nobody caught) takes
// itself out in its last moment, so that it does not matter whether main is blocked.

import { numberOf, ops } from "@gr/shm";
import { bringOut } from "./deaths.ts";
import { handed } from "./handed.ts";
import { leaveGroup } from "./join-group.ts";
import * as w from "./layout.ts";
import * as Life from "./life.ts";
import * as MState from "./m-state.ts";
import type { WorkerPeers } from "./worker-peers.ts";

/** Owner thread only. The thread ends, and why (undefined: by its own doing). Nothing of the group may be used after it. */
export function depart(peers: WorkerPeers, error: unknown): void {
  const { mem, group: s } = peers;
  const life = s.slot + w.M_LIFE;
  // Without waitAsync others are woken through ports, which are closed by now.
  if (ops.waitAsync === null || ops.load(mem, w.STOP) !== 0 || ops.load(mem, life) !== Life.Given) return;
  ops.store(mem, life, Life.Leaving);
  try {
    // Order matters: it rests no more before it mails; pairs with allRest, which sees a living M until it has.
    peers.vigil.stir();
    bringOut(handed, peers, numberOf(mem, s.m), error, MState.Blocked);
  } catch {
    // No room for the mail: main will do it.
  }
  leaveGroup();
}
