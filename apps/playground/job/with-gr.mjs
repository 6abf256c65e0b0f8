// The job on gr: a walker, readers that wait for I/O, portable goroutines that compute on every M, and one reducer.
//
//   walk --paths--> 32 readers --go(countFile)--> portables on all Ms --partials--> reduce
//
// `paths` bounds the readers; each reader joins the goroutine it started before it reads the next file, so the memory
// in flight is bounded too.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { chan, range } from "@gr/chan";
import { go, run, until } from "@gr/core";
import { startThreads } from "@gr/threads";
import { startTrace, stopTrace } from "@gr/viz";
import { countFile } from "./count.mjs";
import { READERS } from "./readers.mjs";
import { add, isBinary, MAX_BYTES, nothing } from "./text.mjs";

/** Counts all files below root on `procs` Ps. With `trace`, gives the trace of the run too. */
export async function countWithGr(root, progress, { procs, trace = false }) {
  if (trace) startTrace({ level: "sched", ringRecords: 1 << 18 });
  const threads = await startThreads({ procs });
  const sum = nothing();
  const made = { goroutines: 0, portables: 0 };
  try {
    await run(function* () {
      const paths = chan(256, { name: "paths" });
      const partials = chan(64, { name: "partials" });
      const start = (body, ...args) => {
        made.goroutines++;
        return go(body, ...args);
      };
      start(walkAll, root, paths, sum);
      const reducer = start(reduce, partials, sum, progress);
      const readers = Array.from({ length: READERS }, () => start(read, paths, partials, sum, made));
      for (const reader of readers) yield* reader;
      partials.close();
      yield* reducer;
    });
    const stats = threads.stats();
    return {
      result: sum,
      stats,
      made: { ...made, goroutines: made.goroutines + made.portables },
      trace: trace ? stopTrace() : null,
    };
  } finally {
    await threads.close();
  }
}

function* walkAll(root, paths, sum) {
  yield* walk(root, paths, sum);
  paths.close();
}

function* walk(dir, paths, sum) {
  let entries;
  try {
    entries = yield* until(readdir(dir, { withFileTypes: true }));
  } catch (err) {
    if (err?.code === undefined) throw err;
    sum.skipped.unreadable++;
    return;
  }
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* walk(path, paths, sum);
    else if (entry.isFile()) yield* paths.send(path);
  }
}

function* read(paths, partials, sum, made) {
  yield* range(paths, function* (path) {
    const bytes = yield* load(path, sum);
    if (bytes === null) return;
    made.portables++;
    yield* go(countFile, bytes, partials);
  });
}

/** The text of a file; null, and counted, if it is none. */
function* load(path, sum) {
  let bytes;
  try {
    if ((yield* until(stat(path))).size > MAX_BYTES) {
      sum.skipped.huge++;
      return null;
    }
    bytes = yield* until(readFile(path));
  } catch (err) {
    if (err?.code === undefined) throw err;
    sum.skipped.unreadable++;
    return null;
  }
  if (!isBinary(bytes)) return bytes;
  sum.skipped.binary++;
  return null;
}

function* reduce(partials, sum, progress) {
  yield* range(partials, (part) => {
    add(sum, part.bytes, part);
    if (sum.files % 256 === 0) progress(sum.files);
  });
}
