// What the modules that are loaded later are handed of the scheduler: of it they import types only, see
// docs/decisions/0006.

import { start } from "./go.ts";
import { JoinOp } from "./join.ts";
import { OpBase } from "./op-base.ts";
import { rarely } from "./rare-later.ts";
import { sched } from "./sched.ts";
import { sideOf } from "./side.ts";

export interface Handed {
  readonly sched: typeof sched;
  readonly OpBase: { readonly prototype: OpBase<unknown> };
  readonly JoinOp: typeof JoinOp;
  readonly sideOf: typeof sideOf;
  readonly start: typeof start;
  readonly rarely: typeof rarely;
}

export const handed: Handed = { sched, OpBase, JoinOp, sideOf, start, rarely };
