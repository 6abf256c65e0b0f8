// The same program text on one thread and on several: the same result.
import { run } from "@gr/core";
import { startThreads } from "@gr/threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tenPrograms } from "./ten-programs.ts";

/** Registers the ten programs on one thread, and on threads with each number of procs. */
export function sameResultsSuite(procs: readonly number[]): void {
  const results = new Map<string, unknown>();

  describe("ten programs without threads", () => {
    test.each(tenPrograms)("%s", async (name, program) => {
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

    test.each(tenPrograms)("%s gives the same", async (name, program) => {
      expect(await run(program)).toEqual(results.get(name));
    });

    test("they ran on as many threads as there may be", () => {
      const started = threads.stats().ms.filter((m) => m.started > 0);
      expect(started.length).toBeGreaterThanOrEqual(n);
    });
  });
}
