// What a page pays for channels: bytes of a tree-shaken program, minified and gzipped.
import { bundle } from "@gr/explore/bundle";
import { expect, test } from "vitest";

const hello = `
import { go, run } from "@gr/core";
await run(function* () { yield* go(() => console.log("hello")); });`;
const helloChan = `
import { go, run } from "@gr/core";
import { chan, select } from "@gr/chan";
await run(function* () {
  const c = chan();
  go(function* () { yield* c.send("hello"); });
  console.log(yield* select({ c: c.recv() }));
});`;

test("a hello through a channel and a select costs at most 8 KB over core's", async () => {
  const [core, chan] = [await bundle(hello, import.meta.url), await bundle(helloChan, import.meta.url)];
  const bytes = chan.bytes - core.bytes;
  expect(core.start).toContain("hello");
  expect(bytes).toBeGreaterThan(1500);
  expect(bytes).toBeLessThanOrEqual(8 * 1024);
});

test("what only threads need is loaded when they start", async () => {
  const { start } = await bundle(helloChan, import.meta.url);
  expect(["a thread died while it changed this channel", "SharedArrayBuffer"].filter((s) => start.includes(s))).toEqual(
    [],
  );
});

test("bridges and timers are not in it", async () => {
  const { start } = await bundle(helloChan, import.meta.url);
  const names = ["send on closed channel", "ReadableStream", "drop-newest", "getReader", "ticker"];
  expect(names.filter((name) => start.includes(name))).toEqual(["send on closed channel"]);
});
