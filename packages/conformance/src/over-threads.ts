// Runs suites over threads: once with channels that are shared when they are handed over, once with channels that are
// shared from the start, and with another number of threads each.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Pairings, type ThreadsMaker, type ThreadsMakerOptions, threadsMaker } from "./threads-maker.ts";

/** Part of a suite's pairings that must have two Ms: the one that gave and the one that got. */
const LEAST_ACROSS = 0.3;

const groups: readonly ThreadsMakerOptions[] = [
  { procs: 2, born: "local" },
  { procs: 3, born: "shared" },
];

type Suite = (make: ThreadsMaker) => void;

/** A suite of which most pairings stay on one M for a good reason. */
export interface Staying {
  readonly suite: Suite;
  readonly because: string;
}

export function staying(because: string, suite: Suite): Staying {
  return { suite, because };
}

export interface OverThreads {
  /** Multiplies the suites' iteration counts. */
  readonly scale?: number;
}

/** Registers the suites, by name, for each group of threads; and for each a test that its pairings crossed threads. */
export function overThreads(suites: Readonly<Record<string, Suite | Staying>>, { scale }: OverThreads = {}): void {
  const all = Object.entries(suites).map(([name, of]) => ({
    name,
    of: typeof of === "function" ? staying("", of) : of,
    total: { same: 0, across: 0 },
  }));
  for (const options of groups) {
    const make = threadsMaker({ ...options, ...(scale === undefined ? {} : { scale }) });
    describe(`threads (${make.name})`, () => {
      beforeAll(() => make.start());
      afterAll(() => make.stop());
      for (const { name, of, total } of all) {
        describe(name, () => {
          let before: Pairings;
          beforeAll(() => {
            before = make.pairings();
          });
          afterAll(() => {
            const now = make.pairings();
            total.same += now.same - before.same;
            total.across += now.across - before.across;
          });
          of.suite(make);
        });
      }
    });
  }
  for (const { name, of, total } of all) {
    if (of.because !== "") continue;
    test(`at least 30 % of the pairings of "${name}" had two Ms`, () => {
      expect(total.across / (total.same + total.across)).toBeGreaterThanOrEqual(LEAST_ACROSS);
    });
  }
}
