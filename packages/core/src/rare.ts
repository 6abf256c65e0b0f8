// What most programs never perform: judging and reporting a deadlock, dumps, the words for mistakes.
//
// Loaded by the first who needs it (rare-later.ts), and by what cannot wait: runSync and stacks. Of the scheduler these
// files import nothing but types, see docs/decisions/0006.

import { judgeClosed, judgeExact, judgeTold } from "./deadlock.ts";
import { asyncGenerator, explain, misusedYield, unfinished } from "./misuse.ts";
import { recordsOf } from "./records.ts";
import { abandoned, alsoFailed, cleanupCut, detach, unended, unreachable } from "./unended.ts";

export interface Rare {
  readonly judgeClosed: typeof judgeClosed;
  readonly judgeExact: typeof judgeExact;
  readonly judgeTold: typeof judgeTold;
  readonly asyncGenerator: typeof asyncGenerator;
  readonly explain: typeof explain;
  readonly misusedYield: typeof misusedYield;
  readonly unfinished: typeof unfinished;
  readonly unended: typeof unended;
  readonly abandoned: typeof abandoned;
  readonly cleanupCut: typeof cleanupCut;
  readonly alsoFailed: typeof alsoFailed;
  readonly detach: typeof detach;
  readonly unreachable: typeof unreachable;
  readonly recordsOf: typeof recordsOf;
}

export const rare: Rare = {
  judgeClosed,
  judgeExact,
  judgeTold,
  asyncGenerator,
  explain,
  misusedYield,
  unfinished,
  unended,
  abandoned,
  cleanupCut,
  alsoFailed,
  detach,
  unreachable,
  recordsOf,
};
