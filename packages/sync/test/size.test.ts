// What a page pays for mutexes and wait groups: bytes of a tree-shaken program, minified and gzipped.
import { bundle } from "@gr/explore/bundle";
import { expect, test } from "vitest";

const hello = `
import { go, run } from "@gr/core";
await run(function* () { yield* go(() => console.log("hello")); });`;
const helloSync = `
import { go, run } from "@gr/core";
import { Mutex, WaitGroup } from "@gr/sync";
await run(function* () {
  const [mu, wg] = [new Mutex(), new WaitGroup()];
  wg.go(function* () { yield* mu.runExclusive(() => console.log("hello")); });
  yield* wg.wait();
});`;

test("a hello with a mutex and a wait group costs at most 4 KB over core's", async () => {
  const [core, sync] = [await bundle(hello, import.meta.url), await bundle(helloSync, import.meta.url)];
  const bytes = sync.bytes - core.bytes;
  expect(core.start).toContain("hello");
  expect(bytes).toBeGreaterThan(300);
  expect(bytes).toBeLessThanOrEqual(4 * 1024);
});

test("what only threads need is loaded when they start", async () => {
  const { start } = await bundle(helloSync, import.meta.url);
  expect(["the thread that held this mutex died", "SharedArrayBuffer"].filter((s) => start.includes(s))).toEqual([]);
});
