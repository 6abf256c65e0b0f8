// The judge: what main asks when it seems that no M will ever act again (vigil.ts). Loaded when it first seems so.
//
// Programs that were begun on workers come first, and one worker at a time: main's usually wait for those, and what one
// worker's do when they have failed may be what another's wait for. The worker is told by mail; it has rested since the
// look and is the first to act, so what held then holds when it reads that. Afterwards all come to rest again, and the
// next is judged.

import type { Codec } from "@gr/shm";
import { ableAnywhere, allRest, closedAnywhere, closedWorker, restsWith } from "./all-rest.ts";
import * as Control from "./control-kinds.ts";
import type { FarPrograms } from "./far-programs.ts";
import { Gathering } from "./gather.ts";
import type { Group } from "./group.ts";
import type { Handed } from "./handed.ts";
import * as n from "./numbers.ts";
import { Asleep, Begun, Drained, Signals } from "./rest-bits.ts";

/** All bits: nothing can be judged. */
const UNKNOWN = -1;
/** Judge: the programs in exact mode. Else the bits of the closed ones that can go on. */
export const EXACT = -1;

export interface Judge {
  /** Main is asleep. Have all others drained too? */
  drained(): boolean;
  /** Main is asleep. What all Ms together can do, if nobody has anything to do; see Peers.rests. */
  closed(): number;
  /** Main has drained. One of Drained; and whether main must wait for something all the same. */
  exact(waits: boolean): [drained: number, keep: boolean];
  readonly gathering: Gathering;
}

export function makeJudge(h: Handed, s: Group, codec: Codec, programs: FarPrograms): Judge {
  const both = Asleep | Drained;
  const tell = (m: number, at: number): boolean => {
    if (m < 0) return false;
    h.sendOrder(codec, m, { what: Control.Judge, m, at, value: undefined });
    return true;
  };
  return {
    drained: () => allRest(h, s, Asleep, both),
    closed() {
      if (closedAnywhere(h, s.mem) === 0 || !allRest(h, s, Asleep, Asleep)) return UNKNOWN;
      const able = ableAnywhere(h, s.mem);
      return tell(closedWorker(h, s.mem, able), able) ? UNKNOWN : able;
    },
    exact(waits) {
      const all = allRest(h, s, both, both);
      if (all && restsWith(h, s.mem, Signals) >= 0) return [n.ButSignals, waits];
      if (!all || tell(restsWith(h, s.mem, Begun), EXACT)) return [n.Here, waits];
      return [n.Wholly, false];
    },
    gathering: new Gathering(h, s, codec, programs),
  };
}
