import { Readable } from "node:stream";
import type { ReadableStream as NodeWebStream } from "node:stream/web";
import { chan, fromAsyncIterable, SendOnClosedChannelError, toReadable } from "@gr/chan";
import { expect, test } from "vitest";
import { Counting, turns } from "./bridges.ts";

test("a channel's values come through the stream, which ends when the channel is closed", async () => {
  const ch = chan<number>(2);
  const stream = toReadable(ch);
  const feeding = (async () => {
    for (let i = 0; i < 10; i++) await ch.send(i);
    ch.close();
  })();
  const got: number[] = [];
  for await (const v of stream) got.push(v);
  await feeding;
  expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("Node's own wrapper makes a Readable of it", async () => {
  const ch = chan<string>(3);
  for (const s of ["a", "b", "c"]) ch.trySend(s);
  ch.close();
  const got: unknown[] = [];
  for await (const v of Readable.fromWeb(toReadable(ch) as NodeWebStream, { objectMode: true })) got.push(v);
  expect(got).toEqual(["a", "b", "c"]);
});

test("backpressure: nothing is taken from the channel before somebody reads", async () => {
  const ch = chan<number>(4);
  for (let i = 0; i < 4; i++) ch.trySend(i);
  const reader = toReadable(ch).getReader();
  await turns();
  expect(ch.len).toBe(4);
  expect((await reader.read()).value).toBe(0);
  await turns();
  expect(ch.len).toBe(3);
});

test("cancelling while a read waits loses no value and closes the channel: its senders are told", async () => {
  const ch = chan<number>();
  const stream = toReadable(ch);
  const reader = stream.getReader();
  const read = reader.read();
  await turns();
  await reader.cancel("enough");
  expect(await read).toEqual({ done: true, value: undefined });
  await expect(ch.send(1)).rejects.toThrow(SendOnClosedChannelError);
});

test("with onCancel the channel stays open, and the next value is there for others", async () => {
  const ch = chan<number>(1);
  const reasons: unknown[] = [];
  const reader = toReadable(ch, { onCancel: (reason) => reasons.push(reason) }).getReader();
  const read = reader.read();
  await turns();
  await reader.cancel("enough");
  await read;
  await ch.send(1);
  expect([reasons, ch.len, await ch.recv()]).toEqual([["enough"], 1, 1]);
});

test("the error of a source goes through to the stream's reader, after the values before it", async () => {
  const error = new Error("broken");
  const reader = toReadable(fromAsyncIterable(new Counting(1, error))).getReader();
  expect((await reader.read()).value).toBe(0);
  await expect(reader.read()).rejects.toBe(error);
});

test("cancelling the stream stops the source behind it", async () => {
  const source = new Counting(100);
  const reader = toReadable(fromAsyncIterable(source)).getReader();
  await reader.read();
  await reader.cancel();
  await turns();
  expect(source.returned).toBe(1);
});

test("what is no channel is told at the door", () => {
  expect(() => toReadable({} as never)).toThrow(TypeError);
});
