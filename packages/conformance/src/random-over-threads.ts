// Random programs whose goroutines run on several threads.
import type { Coroutine, Goroutine } from "@gr/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Maker } from "./maker.ts";
import type { Outcome } from "./model.ts";
import { performSteps } from "./programs/steps.ts";
import { type Program, programs } from "./random-programs.ts";
import { explained, type Seen, story } from "./some-order.ts";

/** Cancels are left out: across threads they come when they come. */
function withoutCancels(program: Program): Program {
  return { ...program, goroutines: program.goroutines.map((steps) => steps.filter((s) => s.kind !== "cancel")) };
}

/** Goroutine side. Runs the program until nobody can go on. */
function* perform(make: Maker, program: Program): Coroutine<Seen> {
  const log = make.chan<readonly [number, Outcome]>(64);
  const channels = program.capacities.map((capacity) => make.chan<number>(capacity));
  const started: Goroutine<void>[] = [];
  for (const [g, steps] of program.goroutines.entries())
    started.push(make.spawn(performSteps, g, steps, channels, log));
  yield* make.settle();
  const seen: Outcome[][] = program.goroutines.map(() => []);
  for (let r = log.tryRecv(); r?.ok; r = log.tryRecv()) seen[r.value[0]]!.push(r.value[1]);
  for (const g of started) g.cancel();
  return seen;
}

export function randomOverThreadsSuite(make: Maker, runs: number): void {
  describe("random programs", () => {
    test("what a random program does is what some order of its steps does in the model", async () => {
      let unknown = 0;
      await fc.assert(
        fc.asyncProperty(programs().map(withoutCancels), async (program) => {
          const seen = await make.run(() => perform(make, program));
          const answer = explained(program, seen);
          if (answer === "unknown") unknown++;
          if (answer === "no") throw new Error(story(program, seen));
        }),
        { numRuns: runs, endOnFailure: true },
      );
      expect(unknown).toBeLessThan(1 + runs / 100);
    }, 600_000);
  });
}
