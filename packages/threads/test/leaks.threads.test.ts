// Goroutines that wait on a channel which other threads had: found as leaked once none of those can reach it.

import { chan } from "@gr/chan";
import { all, go, type LeakReport, run, sleep } from "@gr/core";
import { startThreads } from "@gr/threads";
import { expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";

test("a goroutine of main is found when the threads that had its channel have collected it", async () => {
  const threads = await startThreads({ procs: 2, mainRuns: false });
  const reports: LeakReport[] = [];
  try {
    await run(
      function* () {
        const lose = function* () {
          const c = chan<number>();
          go(function* lost() {
            yield* c.recv();
          });
          yield* go(t.echo, c);
        };
        yield* go(lose);
        // The engine collects on every thread, and core looks who has been parked for long.
        while (reports.length === 0) {
          t.collects.call(null);
          yield* all([go(t.collects), go(t.collects)]);
          yield* sleep(20);
        }
      },
      { onLeak: (report) => void reports.push(report) },
    );
    expect(reports.flatMap((r) => r.goroutines.map((g) => g.name))).toEqual(["lost"]);
  } finally {
    await threads.close();
  }
});
