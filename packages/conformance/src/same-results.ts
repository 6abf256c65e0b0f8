// The same program text on one thread and on several: the same result.
import { type Coroutine, run } from "@gr/core";
import { startThreads } from "@gr/threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as c from "./programs/classics.ts";
import * as p from "./programs/classics-parallel.ts";

const programs: readonly (readonly [string, () => Coroutine<unknown>])[] = [
  ["ping-pong", c.pingPongProgram],
  ["a pipeline", c.pipelineProgram],
  ["fan-in", c.fanInProgram],
  ["a pool of workers", c.poolProgram],
  ["the prime sieve", c.sieveProgram],
  ["a ring", c.ringProgram],
  ["a product of matrices", p.matrixProgram],
  ["counting words", p.wordCountProgram],
  ["dining philosophers", p.philosophersProgram],
  ["the game of life", p.lifeProgram],
];

/** Registers the ten programs on one thread, and on threads with each number of procs. */
export function sameResultsSuite(procs: readonly number[]): void {
  const results = new Map<string, unknown>();

  describe("ten programs without threads", () => {
    test.each(programs)("%s", async (name, program) => {
      const result = await run(program);
      expect(result).toBeDefined();
      results.set(name, result);
    });
  });

  describe.each(procs)("ten programs on threads, GOMAXPROCS=%d", (n) => {
    let threads: Awaited<ReturnType<typeof startThreads>>;
    beforeAll(async () => {
      threads = await startThreads({ procs: n });
    });
    afterAll(() => threads.close());

    test.each(programs)("%s gives the same", async (name, program) => {
      expect(await run(program)).toEqual(results.get(name));
    });

    test("they ran on as many threads as there may be", () => {
      const started = threads.stats().ms.filter((m) => m.started > 0);
      expect(started.length).toBeGreaterThanOrEqual(n);
    });
  });
}
