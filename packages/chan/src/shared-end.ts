// SharedEnd: what a channel becomes once another thread holds it too, as seen by this isolate.
//
// chan.ts and select.ts know no more of shared channels than this; shared-chan.ts implements it.

import type { Waiter } from "@gr/core/internal";

export interface SharedEnd {
  readonly len: number;
  readonly closed: boolean;
  /** Changes with every change of the channel that another operation could notice. */
  readonly version: number;
  /** Another thread may complete an operation here, and nobody judges all threads (runSync): waiting is no deadlock. */
  readonly hostWakes: boolean;
  /** Owner thread only. As on one thread; the value is encoded first. */
  trySend(value: unknown): boolean;
  /** Owner thread only. Leaves value and ok in Done. */
  tryRecv(): boolean;
  /** Owner thread only. Waits a moment, if the partner is likely to be quick; false if it was not. */
  recvSoon(): boolean;
  sendSoon(): boolean;
  close(): void;
  enqueueSend(w: Waiter): void;
  enqueueRecv(w: Waiter): void;
  dequeue(w: Waiter): void;
}
