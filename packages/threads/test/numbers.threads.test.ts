import { availableParallelism } from "node:os";
import { MisuseError } from "@gr/core";
import { type Attachment, attached, ops } from "@gr/shm";
import { startThreads, Thread } from "@gr/threads";
import { expect, test } from "vitest";
import { NMS, SYSMON } from "../src/layout.ts";
import * as t from "./fixtures/tasks.mjs";

const start = () => new Thread(t.add, 1, 1);

test("as many threads as may be: the next is refused, and one that has ended makes room", async () => {
  await using threads = await startThreads({ procs: 1, mainRuns: false, maxThreads: 2 });
  const first = new Thread(t.waitsOn, new Int32Array(new SharedArrayBuffer(8)));
  expect(start).toThrow(MisuseError);
  expect(start).toThrow("there are as many threads as maxThreads allows");
  first.terminate();
  await expect(first.join()).rejects.toThrow("was terminated");
  while (threads.stats().threads > 1) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(await start().join()).toBe(2);
});

test("when all numbers were given out, that is what it says", async () => {
  await using _threads = await startThreads({ procs: 1, mainRuns: false });
  // As if so many had been started.
  ops.store((attached() as Attachment).memory.i32, NMS, SYSMON);
  expect(start).toThrow("254 workers have been started, which is all that one startThreads has numbers for");
});

test("there are as many Ps as the process may use processors, unless GOMAXPROCS or procs says otherwise (go#158)", async () => {
  const wanted = process.env.GOMAXPROCS ?? process.env.GRMAXPROCS;
  expect(wanted).toBeUndefined();
  {
    await using threads = await startThreads();
    expect(threads.stats().procs).toBe(availableParallelism());
  }
  process.env.GOMAXPROCS = "7";
  try {
    await using threads = await startThreads();
    expect(threads.stats().procs).toBe(7);
  } finally {
    delete process.env.GOMAXPROCS;
  }
});
