// Thread: one OS thread for one portable, 1:1, as other languages have them. What goroutines are to be compared with.

import { type Body, type Goroutine, MisuseError, NotPortableError, type Op, type Portable } from "@gr/core";
import { expected, Fjoined, Gdead, portableOf, sched, spawn } from "@gr/core/internal";
import type { Result } from "./blocking.ts";
import type { MPeers } from "./m-peers.ts";
import { RemoteG } from "./remote-g.ts";
import { endSolo, startSolo } from "./solo-start.ts";

/**
 * A thread that runs fn(...args) and nothing else. It starts at once, holds no P and may block: in channel operations, in
 * Atomics.wait, in a computation; goroutines go on beside it. It ends when fn has ended, and what it started elsewhere.
 * Costs some 10 MB and tens of milliseconds. While there is one thread (no startThreads, no shared memory) fn is a goroutine of it.
 */
export class Thread<A extends readonly unknown[], R> {
  private readonly g: Goroutine<Result<R>>;

  /**
   * @throws NotPortableError if fn is not portable; DataCloneError if an argument cannot cross; MisuseError if there are
   * maxThreads threads
   */
  constructor(fn: Portable<(...args: A) => R>, ...args: A) {
    const portable = portableOf(fn);
    if (portable === undefined)
      throw new NotPortableError(expected("Thread", "a function made by portable()", fn.name || "an anonymous one"));
    const peers = sched.peers as MPeers | null;
    const g =
      peers === null ? spawn(fn as unknown as Body<readonly never[], unknown>, args) : startSolo(peers, portable, args);
    if (g === null) throw new MisuseError("Thread: there are as many threads as maxThreads allows");
    this.g = g as unknown as Goroutine<Result<R>>;
  }

  /**
   * Waits for the end of fn; what it returned. Any number may wait, more than once.
   * @throws what fn throws; ThreadLostError if the thread was terminated or died
   */
  join(): Op<Result<R>> {
    return this.g;
  }

  /** Ends the thread at once, wherever it is: nothing unwinds there. Does nothing after the end of fn. */
  terminate(): void {
    const g: unknown = this.g;
    if (!(g instanceof RemoteG)) this.g.cancel();
    else if (g.statusCode !== Gdead) {
      // Its end is nobody's failure.
      g.flags |= Fjoined;
      endSolo(sched.peers as MPeers, g);
    }
  }
}
