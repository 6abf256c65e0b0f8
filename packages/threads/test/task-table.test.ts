import { portable } from "@gr/core";
import { sched } from "@gr/core/internal";
import type { Codec } from "@gr/shm";
import { expect, test } from "vitest";
import { handed } from "../src/handed.ts";
import { TaskTable } from "../src/task-table.ts";

test("a module that stops at its top level is past it before any goroutine of it can run", async () => {
  const later: (() => void)[] = [];
  const ready: number[] = [];
  const importing: boolean[] = [];
  const codec = { decode: () => ["table:late", "file:///late.mjs"] } as unknown as Codec;
  const table = new TaskTable(handed, codec, {
    import: () => {
      portable("file:///late.mjs", "table:late", () => 1);
      importing.push(sched.importing !== null);
      // Its await of run(), which never settles.
      sched.importing?.();
      importing.push(sched.importing !== null);
      return new Promise(() => {});
    },
    later: (task) => void later.push(task),
    ready: (records) => void ready.push(...records),
  });
  table.wait(8, 64);
  await null;
  // What else stands on its top line in this turn is refused still.
  expect(importing[1]).toBe(true);
  expect(sched.importing).toBe(null);
  expect([ready, later]).toEqual([[64], []]);
});
