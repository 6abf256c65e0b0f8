// Explores a program written against this package's door.

import { type AtomicsOptions, type AtomicsProgram, type AtomicsReport, exploreAtomics, mustHold } from "@gr/explore";
import { setAtomics } from "../src/atomics.ts";

export type Program = Omit<AtomicsProgram, "install">;

/** Fails the test with the schedule if any interleaving is wrong; returns what was seen. */
export function holds(program: Program, options?: AtomicsOptions): AtomicsReport {
  return mustHold(exploreAtomics({ ...program, install: setAtomics }, options));
}
