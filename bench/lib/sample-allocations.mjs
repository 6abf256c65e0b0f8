// Loaded before a side: samples its allocations, collected ones too, and writes them at its end (profile.mjs).
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  const session = new Session();
  session.connect();
  session.post("HeapProfiler.startSampling", {
    samplingInterval: 65_536,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  process.on("exit", () => {
    session.post("HeapProfiler.stopSampling", (err, { profile } = {}) => {
      if (err === null) writeFileSync(process.env.GR_BENCH_PROFILE, JSON.stringify(profile));
    });
  });
}
