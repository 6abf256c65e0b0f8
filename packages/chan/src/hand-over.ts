// What a channel on one thread does: hand over, buffer, close. The words and the invariants are chan.ts's.
//
// Functions and no methods: engines inline them into the operations of chan-ops.ts. Hot path.

import { Done, type Waiter } from "@gr/core/internal";
import type { LocalChan } from "./chan.ts";
import type { Received } from "./channel.ts";
import { CloseOfClosedChannelError, SendOnClosedChannelError } from "./errors.ts";

/** The buffer of a channel that has buffered nothing yet. */
export const EMPTY: unknown[] = [];

/** Owner thread only. Sends now, or says that it would block. */
export function trySend(c: LocalChan<unknown>, value: unknown): boolean {
  if (c.shared !== null) return c.shared.trySend(value);
  if (c.closed) throw new SendOnClosedChannelError();
  if (c.recvq.first !== null) {
    const w = c.recvq.dequeue();
    if (w !== null) {
      w.value = value;
      w.ok = true;
      w.party.wake(w);
      return true;
    }
  }
  if (c.count === c.cap) return false;
  putLast(c, value);
  return true;
}

/** Owner thread only. Receives now into Done (value and ok), or says that it would block. */
export function tryRecv(c: LocalChan<unknown>): boolean {
  if (c.shared !== null) return c.shared.tryRecv();
  if (c.count > 0) {
    Done.value = takeFirst(c);
    Done.ok = true;
    if (c.sendq.first !== null) {
      const w = c.sendq.dequeue();
      if (w !== null) {
        putLast(c, w.value);
        sent(w);
      }
    }
    return true;
  }
  if (c.sendq.first !== null) {
    const w = c.sendq.dequeue();
    if (w !== null) {
      Done.value = w.value;
      Done.ok = true;
      sent(w);
      return true;
    }
  }
  if (!c.closed) return false;
  if (c.failure !== undefined) throw c.failure.error;
  Done.value = undefined;
  Done.ok = false;
  return true;
}

export function recvOrSoon(c: LocalChan<unknown>): boolean {
  return tryRecv(c) || (c.shared?.recvSoon() === true && tryRecv(c));
}

function sent(w: Waiter): void {
  w.value = undefined;
  w.ok = true;
  w.party.wake(w);
}

function putLast(c: LocalChan<unknown>, value: unknown): void {
  if (c.buf === EMPTY) c.buf = new Array(Math.min(c.cap, 1024)).fill(undefined);
  let at = c.head + c.count;
  if (at >= c.cap) at -= c.cap;
  c.buf[at] = value;
  c.count++;
}

function takeFirst(c: LocalChan<unknown>): unknown {
  const { buf, head } = c;
  const value = buf[head];
  buf[head] = undefined;
  c.head = head + 1 === c.cap ? 0 : head + 1;
  c.count--;
  return value;
}

/** Owner thread only. Closes, and wakes everybody; in Go's order, which is last in, first out of the queue (go#48). */
export function close(c: LocalChan<unknown>): void {
  if (c.closed) throw new CloseOfClosedChannelError();
  c.closed = true;
  const woken: Waiter[] = [];
  for (let w = c.recvq.dequeue(); w !== null; w = c.recvq.dequeue()) woken.push(w);
  for (let w = c.sendq.dequeue(); w !== null; w = c.sendq.dequeue()) woken.push(w);
  for (let w = woken.pop(); w !== undefined; w = woken.pop()) {
    w.value = c.failure;
    w.ok = false;
    w.party.wake(w);
  }
}

/** The outcome of the receive that has just completed, as an object of its own. */
export function takeReceived<T>(): Received<T> {
  const value = Done.value;
  Done.value = undefined;
  return { value, ok: Done.ok } as Received<T>;
}
