// The judge: what main asks when it seems that no M will ever act again (vigil.ts). Loaded when it first seems so.

import type { Codec } from "@gr/shm";
import { ableAnywhere, allRest, signalsAnywhere } from "./all-rest.ts";
import type { FarPrograms } from "./far-programs.ts";
import { Gathering } from "./gather.ts";
import type { Group } from "./group.ts";
import type { Handed } from "./handed.ts";

export interface Judge {
  allRest(s: Group, main: number, others: number): boolean;
  ableAnywhere(mem: Int32Array): number;
  signalsAnywhere(mem: Int32Array): boolean;
  readonly gathering: Gathering;
}

export function makeJudge(h: Handed, s: Group, codec: Codec, programs: FarPrograms): Judge {
  return {
    allRest: (of, main, others) => allRest(h, of, main, others),
    ableAnywhere: (mem) => ableAnywhere(h, mem),
    signalsAnywhere: (mem) => signalsAnywhere(h, mem),
    gathering: new Gathering(h, s, codec, programs),
  };
}
