import { go, run, until, sleep, portable } from "@gr/core";
import { chan } from "@gr/chan";
import { startThreads } from "@gr/threads";
export const worker = portable(import.meta.url, "zz:w", function* (c) { yield* c.recv(); });
const t = await startThreads({ procs: 2 });
const mode = process.argv[2];
console.time("x");
try { await run(function* () { const c = chan(); const g = go(worker, c); yield* g; }, { deadlock: mode }); } catch (e) { console.log(e.message); }
console.timeEnd("x");
await t.close();
