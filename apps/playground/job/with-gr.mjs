// The job on gr: a walker, readers that wait for I/O, portable goroutines that compute on every M, and one reducer.
//
//   walk --paths--> 32 readers --go(countTexts)--> portables on all Ms --partials--> reduce
//
// `paths` bounds the readers; each reader joins the goroutine it started before it reads on, so the memory in flight is
// bounded too. What a portable is given is worth the way to another thread: a parcel of texts rather than one small one.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { chan, each, range } from "@gr/chan";
import { go, run, until } from "@gr/core";
import { startThreads } from "@gr/threads";
import { startTrace, stopTrace } from "@gr/viz";
import { countTexts } from "./count.mjs";
import { READERS } from "./readers.mjs";
import { isBinary, MAX_BYTES, nothing } from "./text.mjs";

/** A parcel goes when it holds this much, or this many. */
const PARCEL_BYTES = 64 * 1024;
const PARCEL_TEXTS = 16;

/** Counts all files below root on `procs` Ps. With `trace`, gives the trace of the run too. */
export async function countWithGr(root, progress, { procs, trace = false }) {
  if (trace) startTrace({ level: "sched", ringRecords: 1 << 19 });
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
    if (err?.syscall === undefined) throw err;
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
  let parcel = [];
  let bytes = 0;
  const path = each(paths);
  for (;;) {
    const more = yield* path.next();
    const text = more ? yield* load(path.value, sum) : null;
    if (text !== null) {
      parcel.push(text);
      bytes += text.length;
    }
    if (bytes >= PARCEL_BYTES || parcel.length >= PARCEL_TEXTS || (!more && parcel.length > 0)) {
      made.portables++;
      yield* go(countTexts, parcel, partials);
      parcel = [];
      bytes = 0;
    }
    if (!more) return;
  }
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
    if (err?.syscall === undefined) throw err;
    sum.skipped.unreadable++;
    return null;
  }
  if (!isBinary(bytes)) return bytes;
  sum.skipped.binary++;
  return null;
}

function* reduce(partials, sum, progress) {
  yield* range(partials, (part) => {
    sum.files += part.files;
    sum.words += part.words;
    sum.lines += part.lines;
    sum.bytes += part.bytes;
    progress(sum.files);
  });
}
