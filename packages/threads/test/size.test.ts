// What a page pays for threads: bytes of a tree-shaken program, minified and gzipped.
import { bundle } from "@gr/explore/bundle";
import { expect, test } from "vitest";

const hello = `
import { go, run, sleep } from "@gr/core";
await run(function* () { console.log(yield* go(function* () { yield* sleep(1); return "hello"; })); });`;
const helloThreads = `
import { go, portable, run, sleep } from "@gr/core";
import { startThreads } from "@gr/threads";
const hello = portable(import.meta.url, "hello", function* () { yield* sleep(1); return "hello"; });
const threads = await startThreads();
await run(function* () { console.log(yield* go(hello)); });
await threads.close();`;

/**
 * The goal is 20 KB at the start. It may not grow: the last bytes end a program whose later parts are missing, hand
 * what they need to the handles of goroutines that cross, number programs for the judge, and send an error on whose text
 * cannot be read.
 */
const MOST_BYTES = 26_300;
/** With what is loaded when it is needed, or when threads start. */
const MOST_BYTES_IN_ALL = 36_600;

test("a hello on another thread stays within its bytes over core's", async () => {
  const [core, threads] = [await bundle(hello, import.meta.url), await bundle(helloThreads, import.meta.url)];
  const [bytes, inAll] = [threads.bytes - core.bytes, threads.bytesInAll - core.bytesInAll];
  console.log(`threads: ${bytes} bytes at the start, ${inAll} in all`);
  expect(core.start).toContain("hello");
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  expect(inAll).toBeGreaterThan(bytes);
  expect(inAll).toBeLessThanOrEqual(MOST_BYTES_IN_ALL);
});

test("what is seldom needed is loaded then, and shares no file with the start", async () => {
  const { start, files } = await bundle(helloThreads, import.meta.url);
  expect(files).toBe(1);
  const rare = [
    "maxQueue",
    "NodeWorker", // hogs
    "(too many names)", // a worker's trace
    "expected trace records", // its reader
    "could not start", // deaths
    "cannot run on M", // starting a portable
    "which it belongs to", // handles that cross
  ];
  expect(rare.filter((text) => start.includes(text))).toEqual(["maxQueue"]);
});
