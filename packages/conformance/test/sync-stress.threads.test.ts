import { overThreads, staying } from "../src/over-threads.ts";
import { syncStress } from "../src/sync-suite.ts";

// GR_STRESS=1 for a minute in all, or GR_STRESS=<seconds>; else a moment.
const stress = Number(process.env.GR_STRESS ?? 0);
const seconds = stress === 1 ? 60 : stress;

overThreads({
  "sync stress": staying(
    "a mutex is free most of the time, and its thread takes it again before another has come",
    (make) =>
      syncStress(make, seconds > 0 ? seconds * 500 : 500, seconds > 0 ? 2000 : 100, (held) => {
        if (seconds > 0) process.stdout.write(`${make.name}: a mutex was held ${held} times\n`);
      }),
  ),
});
