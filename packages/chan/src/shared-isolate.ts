// What this isolate keeps for its shared channels.

import { ThreadLostError } from "@gr/core";
import { type Attachment, Codec, onAttach, ops, type SharedWaiters, waitersIn } from "@gr/shm";
import { brokenBy } from "./shared-protocol.ts";
import { CLOSED, CLOSED_BROKEN } from "./shared-words.ts";

export class SharedIsolate {
  readonly to: Attachment;
  readonly mem: Int32Array;
  readonly codec: Codec;
  readonly waiters: SharedWaiters;
  /** A slot for operations that do not block. */
  readonly scratch: number;

  constructor(to: Attachment) {
    this.to = to;
    this.mem = to.memory.i32;
    this.codec = new Codec(to.arena);
    this.waiters = waitersIn(to);
    this.waiters.breakers[CHANNELS] = brokenBy;
    this.scratch = to.arena.allocate(64);
  }

  isBroken(at: number): boolean {
    return ops.load(this.mem, at + CLOSED) === CLOSED_BROKEN;
  }
}

/** The lowest bit of the places (shm/deaths.ts) that are channels. */
const CHANNELS = 0;

/** The error of whoever uses a channel that a thread left half changed. */
export function lostChannel(): ThreadLostError {
  return new ThreadLostError("a thread died while it changed this channel, and what it held is lost");
}

let current: SharedIsolate | null = null;

/** This isolate's part of the shared channels; null while the program has one thread. */
export function sharedIsolate(): SharedIsolate | null {
  return current;
}

onAttach((to) => {
  current = to === null ? null : new SharedIsolate(to);
});
