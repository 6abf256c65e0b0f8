import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { chan, each } from "@gr/chan";
import { go, portable, run, until } from "@gr/core";
import { startThreads } from "@gr/threads";
import { fileName } from "../../lib/data.mjs";
import { addOrders, countWords } from "./jobs.mjs";

const here = import.meta.url;

const count = portable(here, "bench:count-words", function* (file, counts) {
  yield* counts.send(countWords(yield* until(readFile(file, "utf8"))));
});

const worker = portable(here, "bench:json-worker", function* (files, sums) {
  const file = each(files);
  while (yield* file.next()) yield* sums.send(addOrders(yield* until(readFile(file.value, "utf8"))));
});

function* indexing(n, { dir }) {
  const counts = chan(16);
  for (let i = 0; i < n; i++) go(count, join(dir, fileName(i)), counts);
  return yield* addUp(counts, n);
}

function* jsonPool(n, { dir, width }) {
  const files = chan(16);
  const sums = chan(16);
  for (let i = 0; i < width; i++) go(worker, files, sums);
  go(function* () {
    for (let i = 0; i < n; i++) yield* files.send(join(dir, fileName(i)));
    files.close();
  });
  return yield* addUp(sums, n);
}

function* addUp(numbers, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* numbers.recv();
  return sum;
}

let starting;
const withThreads = (body) => async (n, p) => {
  starting ??= Promise.resolve(startThreads({ procs: p.procs }));
  await starting;
  return run(() => body(n, p));
};

export const programs = { indexing: withThreads(indexing), "json-pool": withThreads(jsonPool) };
