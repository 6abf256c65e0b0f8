// A goroutine with an M of its own (Thread): started, and ended, from where it was made.

import type { PortableInfo } from "@gr/core/internal";
import { type Arena, type Codec, ops } from "@gr/shm";
import { askMain } from "./control.ts";
import * as Control from "./control-kinds.ts";
import type { Group } from "./group.ts";
import { reserveSolo } from "./group-rare.ts";
import type { Home } from "./home.ts";
import type { RemoteG } from "./remote-g.ts";
import * as rec from "./start-record.ts";

/** The M that starts it. */
interface Here {
  readonly group: Group;
  readonly arena: Arena;
  readonly codec: Codec;
  readonly home: Home;
}

/** Goroutine side or outside. Starts an M for the portable alone; null if there are as many threads as may be. */
export function startSolo(
  { group, arena, codec, home }: Here,
  portable: PortableInfo,
  args: readonly unknown[],
): RemoteG | null {
  const g = home.make(portable, args, rec.THREAD);
  const at = g.record;
  // It has ended already.
  if (at === 0) return g;
  const m = reserveSolo(group);
  if (m < 0) {
    g.cancel();
    rec.dropRecord(arena, codec, at);
    return null;
  }
  ops.poke(group.mem, at + rec.RUNNER, m + 1);
  askMain(codec, Control.StartThread, m, at);
  return g;
}

/** Owner thread only. Ends the thread of a goroutine that startSolo made, wherever it is. */
export function endSolo({ group, codec, home }: Here, g: RemoteG): void {
  const m = ops.load(group.mem, g.record + rec.RUNNER) - 1;
  home.lose(g, "its thread was terminated", undefined);
  askMain(codec, Control.Terminate, m, 0);
}
