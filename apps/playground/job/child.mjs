// One way of doing the job, in a process of its own, so that its peak memory is its own too.
//
//   node child.mjs reference|promises|gr <root> <procs> [file for the trace]
//
// Tells its parent { progress: files } now and then, and at the end { done: … } or { failed: text }.
import { writeFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";

const [way, root, procs, traceFile] = process.argv.slice(2);
const progress = (files) => process.send?.({ progress: files });

/** The modules a way needs are loaded before the clock starts, and by nobody else. */
const ways = {
  async reference() {
    const { countPlainly } = await import("./reference.mjs");
    return () => countPlainly(root, progress);
  },
  async promises() {
    const { countWithPromises } = await import("./with-promises.mjs");
    return () => countWithPromises(root, progress);
  },
  async gr() {
    const { countWithGr } = await import("./with-gr.mjs");
    return () => countWithGr(root, progress, { procs: Number(procs), trace: traceFile !== undefined });
  },
};

process.once("SIGINT", () => process.exit(130));

try {
  const job = await ways[way]();
  const began = performance.now();
  const { trace = null, ...figures } = await job();
  const ms = performance.now() - began;
  // Taken before the trace is written: recording is part of the run, storing it is not.
  const peakRssMB = process.resourceUsage().maxRSS / 1024;
  if (trace !== null) await writeFile(traceFile, await trace.toGrt());
  process.send?.({ done: { ...figures, ms, peakRssMB } }, () => process.disconnect?.());
} catch (err) {
  process.exitCode = 1;
  process.send?.({ failed: err?.stack ?? String(err) }, () => process.disconnect?.());
}
