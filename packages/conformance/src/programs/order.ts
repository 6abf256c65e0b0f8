// Bodies that write plain words of shared memory and say so by an operation on a channel.
import type { Chan, Receiver, Sender } from "@gr/chan";
import type { Coroutine } from "@gr/core";
import { attached } from "@gr/shm";
import { tasks } from "../task.ts";

/** Words that a round writes. */
export const ORDER_WORDS = 8;

/** What orders the writes of one before the reads of the other. */
export type By = "send" | "close" | "room" | "receive";

/** Writes the round's number into the words, with plain stores; then lets the reader go. */
export function* writeThen(by: By, at: number, round: number, c: Chan<number>): Coroutine<void> {
  const { i32 } = attached()!.memory;
  for (let i = 0; i < ORDER_WORDS; i++) i32[at + i] = round;
  if (by === "send") yield* c.send(round);
  else if (by === "close") c.close();
  else yield* c.recv();
}

/** Waits for the writer, then counts the words that hold the round's number, with plain loads. */
export function* waitThenRead(
  by: By,
  at: number,
  round: number,
  c: Chan<number>,
  seen: Sender<number>,
): Coroutine<void> {
  const from: Receiver<number> = c;
  if (by === "send" || by === "close") yield* from.recvOk();
  else yield* c.send(round);
  const { i32 } = attached()!.memory;
  let right = 0;
  for (let i = 0; i < ORDER_WORDS; i++) if (i32[at + i] === round) right++;
  yield* seen.send(right);
}

tasks(import.meta.url, { writeThen, waitThenRead });
