// The page: runs the ten programs, on Web Workers if it is isolated from other origins, else on its own thread.
//
// Leaves what came of it where the test looks for it.
import { run } from "@gr/core";
import { startThreads } from "@gr/threads";
import { tenPrograms } from "../../src/ten-programs.ts";

export interface Outcome {
  readonly isolated: boolean;
  readonly results: Readonly<Record<string, unknown>>;
  /** Portables that each thread started; empty if there was one thread only. */
  readonly started: readonly number[];
}

async function outcome(): Promise<Outcome> {
  const worker = (): Worker => new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const threads = await startThreads({ procs: 2, worker });
  const results: Record<string, unknown> = {};
  for (const [name, program] of tenPrograms) results[name] = await run(program);
  const started = threads.stats().ms.map((m) => m.started);
  await threads.close();
  return { isolated: crossOriginIsolated, results, started };
}

Object.assign(globalThis, { outcome: outcome() });
