import { createReadStream, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { fromReadable, range } from "@gr/chan";
import { run, until } from "@gr/core";
import { expect, test } from "vitest";
import { turns } from "./bridges.ts";

const MB = 2 ** 20;

test("a web stream's chunks come in order, then the channel is closed and the lock is gone", async () => {
  const stream = new ReadableStream<string>({
    start(controller) {
      for (const chunk of ["a", "b", "c"]) controller.enqueue(chunk);
      controller.close();
    },
  });
  const ch = fromReadable(stream);
  const got: string[] = [];
  for await (const chunk of ch) got.push(chunk);
  expect(got).toEqual(["a", "b", "c"]);
  await turns();
  expect(stream.locked).toBe(false);
});

test("backpressure: a web stream is pulled as chunks are received", async () => {
  let pulls = 0;
  const stream = new ReadableStream<number>({ pull: (c) => c.enqueue(pulls++) }, { highWaterMark: 0 });
  const ch = fromReadable(stream);
  await turns();
  expect(pulls).toBe(1);
  expect(await ch.recv()).toBe(0);
  await turns();
  expect(pulls).toBe(2);
  ch[Symbol.dispose]();
});

test("a web stream's error is thrown to the receiver after the chunks before it", async () => {
  const error = new Error("broken");
  let n = 0;
  const ch = fromReadable(
    new ReadableStream<number>({
      pull(c) {
        if (n === 2) throw error;
        c.enqueue(n++);
      },
    }),
    { capacity: 4 },
  );
  await turns();
  expect([await ch.recv(), await ch.recv()]).toEqual([0, 1]);
  await expect(ch.recv()).rejects.toBe(error);
});

test("disposing cancels a web stream, also while it is being read", async () => {
  let cancelled = 0;
  const stream = new ReadableStream<number>({
    cancel: () => {
      cancelled++;
    },
  });
  const ch = fromReadable(stream);
  await turns();
  ch[Symbol.dispose]();
  await turns();
  expect([cancelled, stream.locked, await ch.recv()]).toEqual([1, false, undefined]);
});

test("a Node stream's chunks come in order; its error is thrown after the chunks before it", async () => {
  const error = new Error("broken");
  const broken = function* (): Generator<string> {
    yield "a";
    yield "b";
    throw error;
  };
  const ch = fromReadable<string>(Readable.from(broken(), { highWaterMark: 1 }));
  expect([await ch.recv(), await ch.recv()]).toEqual(["a", "b"]);
  await expect(ch.recv()).rejects.toBe(error);
});

test("disposing destroys a Node stream, also while it is being read", async () => {
  const stream = new PassThrough();
  const ch = fromReadable(stream);
  await turns();
  ch[Symbol.dispose]();
  await turns();
  expect([stream.destroyed, await ch.recv()]).toEqual([true, undefined]);
});

test("disposing before the first chunk destroys a Node stream", () => {
  const stream = new PassThrough();
  fromReadable(stream)[Symbol.dispose]();
  expect(stream.destroyed).toBe(true);
});

test("a file of 100 MB goes through a channel in constant memory, however slow its receiver", async () => {
  const dir = mkdtempSync(join(tmpdir(), "gr-"));
  try {
    const file = join(dir, "zeros");
    writeFileSync(file, "");
    truncateSync(file, 100 * MB);
    const stream = createReadStream(file);
    let bytes = 0;
    let ahead = 0;
    let peak = 0;
    const before = memory();
    await run(function* () {
      yield* range(fromReadable(stream, { capacity: 4 }), function* (chunk) {
        // Time in which a source that nothing holds back would read on.
        if (bytes % (10 * MB) === 0) yield* until(turns(2000));
        ahead = Math.max(ahead, stream.bytesRead - bytes);
        bytes += chunk.length;
        if (bytes % MB === 0) peak = Math.max(peak, memory());
      });
    });
    expect(bytes).toBe(100 * MB);
    // The chunk in hand, four in the channel, one on its way, and what the stream itself reads ahead.
    expect(ahead).toBeLessThanOrEqual(8 * 65_536);
    // Chunks that nobody holds are collected as the engine pleases, but not all of them are kept.
    expect(peak).toBeGreaterThan(0);
    expect(peak - before).toBeLessThan(80 * MB);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test("what is no stream is told at the door", () => {
  expect(() => fromReadable({} as never)).toThrow(/expected a ReadableStream or a Node Readable/);
  expect(() => fromReadable(new PassThrough(), { capacity: 0.5 })).toThrow(RangeError);
});
