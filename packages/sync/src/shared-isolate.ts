// What this isolate keeps for its shared mutexes and wait groups.

import { type Attachment, Codec, onAttach, type SharedWaiters, waitersIn } from "@gr/shm";
import { brokenBy } from "./shared-queue.ts";

/** The lowest bit of the places (shm/deaths.ts) that are of this package. */
export const OURS = 1;

export class SyncIsolate {
  readonly to: Attachment;
  readonly mem: Int32Array;
  readonly codec: Codec;
  readonly waiters: SharedWaiters;

  constructor(to: Attachment) {
    this.to = to;
    this.mem = to.memory.i32;
    this.codec = new Codec(to.arena);
    this.waiters = waitersIn(to);
    this.waiters.breakers[OURS] = brokenBy;
  }
}

let current: SyncIsolate | null = null;

/** This isolate's part of what is shared; null while the program has one thread. */
export function syncIsolate(): SyncIsolate | null {
  return current;
}

onAttach((to) => {
  current = to === null ? null : new SyncIsolate(to);
});
