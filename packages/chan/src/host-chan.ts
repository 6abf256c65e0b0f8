// HostChan: a channel that the host feeds, from a stream, an iterator or events.
//
// What.  The receiving half is the user's; the sending half belongs to a bridge (pump, or a listener), outside every
//        goroutine. It ends in one of three ways: the source ends (receivers see a closed channel), the source fails
//        (receivers are thrown its error, after the values before it, each time), or the receiver leaves by disposing
//        of it (the source is told to stop, at once).
// How.   Waiting on it is no deadlock, since the host can always send. It never crosses threads: its source lives here.

import { sched, type WaitQueue } from "@gr/core/internal";
import { LocalChan } from "./chan.ts";
import type { Receiver } from "./channel.ts";
import { Failure } from "./failure.ts";

/** The receiving half of a channel that something outside feeds. Disposing stops what feeds it, and closes it. */
export interface Source<out T> extends Receiver<T>, Disposable {}

export interface SourceOptions {
  /** Values read ahead of the receivers, besides the one on its way. Default 0. */
  readonly capacity?: number | undefined;
  /** For dumps and traces. */
  readonly name?: string | undefined;
}

export class HostChan<T> extends LocalChan<T> implements Source<T> {
  /** Tells the source to stop. */
  private stop: (() => unknown) | null;

  constructor(capacity: number, name: string, recvq?: WaitQueue) {
    super(capacity, { name }, recvq);
    this.hostFed = true;
    this.stop = null;
  }

  /** What to do when the receiver leaves before the source has ended. */
  onLeave(stop: () => unknown): void {
    this.stop = stop;
  }
  /** The source has ended. */
  end(): void {
    if (!this.closed) super.close();
  }
  /** The source has failed. Nothing if the receiver has left: it does not want to know. */
  fail(error: unknown): void {
    if (this.closed) return;
    this.failure = new Failure(error);
    super.close();
  }
  /** The receiver leaves. */
  override close(): void {
    if (this.closed) return;
    super.close();
    if (this.stop !== null) void stopped(this.stop);
  }
}

// The receiver is gone, so an error of the stop itself has no one to go to but the host's report.
async function stopped(stop: () => unknown): Promise<void> {
  try {
    await stop();
  } catch (err) {
    sched.host.unhandled(err);
  }
}

/**
 * Outside every goroutine. Reads a source to its end into c. Backpressure: the next value is asked for when c has taken
 * the one before.
 */
export async function pump<T>(c: HostChan<T>, next: () => PromiseLike<Read<T>> | Read<T>): Promise<void> {
  try {
    while (!c.closed) {
      const r = await next();
      if (r.done === true) c.end();
      else if (!c.trySend(r.value as T)) await c.send(r.value as T);
    }
  } catch (err) {
    // If the receiver has left meanwhile, c is closed: a send throws, and fail does nothing.
    c.fail(err);
  }
}

/** One step of a source: an iterator's result, or a reader's. */
export interface Read<out T> {
  readonly done?: boolean | undefined;
  readonly value?: T | unknown;
}
