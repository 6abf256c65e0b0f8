// Runs suites over threads: once with channels that are shared when they are handed over, once with channels that are
// shared from the start, and with another number of threads each.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ThreadsMaker, type ThreadsMakerOptions, threadsMaker } from "./threads-maker.ts";

/** Part of a suite's values that must have been received on another M than the one that sent them. */
const LEAST_ACROSS = 0.3;

const groups: readonly ThreadsMakerOptions[] = [
  { procs: 2, born: "local" },
  { procs: 3, born: "shared" },
];

export interface OverThreads {
  /** Multiplies the suites' iteration counts. */
  readonly scale?: number;
  /** False for suites of which most values stay on one M for a good reason. */
  readonly across?: boolean;
}

/** Registers the suites for each group of threads. */
export function overThreads(suites: (make: ThreadsMaker) => void, { scale, across = true }: OverThreads = {}): void {
  const total = { same: 0, across: 0 };
  for (const options of groups) {
    const make = threadsMaker({ ...options, ...(scale === undefined ? {} : { scale }) });
    describe(`threads (${make.name})`, () => {
      beforeAll(() => make.start());
      afterAll(async () => {
        const seen = make.pairings();
        total.same += seen.same;
        total.across += seen.across;
        await make.stop();
      });
      suites(make);
    });
  }
  test.runIf(across)("at least 30 % of the values went from one M to another", () => {
    expect(total.across / (total.same + total.across)).toBeGreaterThanOrEqual(LEAST_ACROSS);
  });
}
