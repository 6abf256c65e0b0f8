// Parker: one word on which one thread sleeps and any thread wakes it.
//
// What.  The owner blocks (a worker that may), or goes back to its event loop with a wait armed (all others).
// Words. token: the state NOTIFIED; many unparks before one park leave one token, so the owner looks for work again
//        after every return. armed: a waitAsync is pending on the word. ping: a message to the owner, where the host
//        has no waitAsync.
// How.
//   EMPTY --park--> PARKED --unpark--> NOTIFIED --owner wakes--> EMPTY
//     |`--arm----> PARKED (or LISTENING, without waitAsync)
//      `-unpark--> NOTIFIED --park and arm return at once--> EMPTY
// Invariants.
//   I1  After an unpark the owner comes out of its park, or its arm calls back, or finds the token there.
//   I2  Only the owner leaves NOTIFIED; only the owner enters PARKED and LISTENING.
//   I3  At most one waitAsync per parker is pending: V8 cannot cancel one.
// The hard part. unpark must store before it notifies, and the sleeper must compare when it waits:
//   owner:  1 EMPTY -> PARKED (one step with the look for a token)   2 wait while PARKED
//   waker:  1 publish work   2 exchange NOTIFIED   3 if it was PARKED, notify
//   With 3 before 2 the notify can fall between the owner's 1 and 2, and is lost.
//   When a blocking wait times out, a waker may be between 2 and 3; its notify then finds nobody, or a later sleep of
//   the owner, which looks at the word again and sleeps on.
// Rejected. A mutex and a condition (two words, and a thread that may not block cannot take the mutex); a count
//   instead of a token (wakes that nobody needs); a timeout on waitAsync (it leaves its timer behind).
// Sources. The futex parker of Rust's standard library; nodejs/node#44409 for what waitAsync leaves behind.
//
// | word | unit  | written by                                  | read by |
// |------|-------|---------------------------------------------|---------|
// | at   | state | owner (park, arm, wake); any thread: unpark | owner   |

import { ops } from "./atomics.ts";
import { fatal } from "./fatal.ts";

/** A parker is this many words, 0 at first. */
export const PARKER_WORDS = 1;

const PARKED = -1;
const EMPTY = 0;
const NOTIFIED = 1;
/** Armed without waitAsync: the waker must send a ping. */
const LISTENING = 2;

/** Any thread. Publish the work first. `ping` must reach the owner's `pinged` where the owner has no waitAsync. */
export function unpark(mem: Int32Array, at: number, ping?: () => void): void {
  // Order matters: pairs with the compare in the owner's wait.
  const before = ops.exchange(mem, at, NOTIFIED);
  if (before === PARKED) ops.notify(mem, at, 1);
  else if (before === LISTENING) ping?.();
}

/** The owner's side of a parker: one per isolate and word. */
export class Parker {
  private readonly mem: Int32Array;
  private readonly at: number;
  private onWake: (() => void) | null = null;
  private readonly wake: () => void;

  constructor(mem: Int32Array, at: number) {
    this.mem = mem;
    this.at = at;
    this.wake = () => this.wakeUp();
  }

  /** Owner thread only. True while an arm has not called back. */
  get armed(): boolean {
    return this.onWake !== null;
  }

  /** Owner thread only. Takes the token without sleeping; true if it was there. */
  tryTake(): boolean {
    return ops.compareExchange(this.mem, this.at, NOTIFIED, EMPTY) === NOTIFIED;
  }

  /**
   * Owner thread only. Blocks until there is a token, and takes it; false if the time ran out first.
   * Must not run on a browser's main thread, nor while armed.
   */
  park(timeoutMs: number = Infinity): boolean {
    const { mem, at } = this;
    if (this.onWake !== null) fatal("parker: parked while armed");
    // NOTIFIED -> EMPTY takes the token; EMPTY -> PARKED announces the sleep. One step for both.
    if (ops.sub(mem, at, 1) === NOTIFIED) return true;
    for (;;) {
      const result = ops.wait(mem, at, PARKED, timeoutMs);
      if (this.tryTake()) return true;
      if (result === "timed-out") {
        if (ops.compareExchange(mem, at, PARKED, EMPTY) === PARKED) return false;
        // An unpark came between the two looks.
        ops.store(mem, at, EMPTY);
        return true;
      }
    }
  }

  /**
   * Owner thread only. Arms the parker and returns true: `onWake` is called once, from the event loop, when there is a
   * token, which it takes. Returns false, and takes the token, if one is there already. While armed, only replaces
   * `onWake`. Does not keep the process alive.
   */
  arm(onWake: () => void): boolean {
    const { mem, at } = this;
    if (this.onWake !== null) {
      this.onWake = onWake;
      return true;
    }
    const { waitAsync } = ops;
    if (ops.compareExchange(mem, at, EMPTY, waitAsync === null ? LISTENING : PARKED) !== EMPTY) {
      ops.store(mem, at, EMPTY);
      return false;
    }
    if (waitAsync !== null) {
      const wait = waitAsync(mem, at, PARKED);
      if (!wait.async) {
        ops.store(mem, at, EMPTY);
        return false;
      }
      wait.value.then(this.wake);
    }
    this.onWake = onWake;
    return true;
  }

  /** Owner thread only. The same as a promise, resolved at once if a token is there. */
  whenWoken(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.arm(resolve)) resolve();
    });
  }

  /** Owner thread only. Call when a ping has arrived. */
  pinged(): void {
    // Still LISTENING: the ping of an earlier sleep came late.
    if (this.onWake !== null && ops.load(this.mem, this.at) !== LISTENING) this.wakeUp();
  }

  private wakeUp(): void {
    const { onWake } = this;
    this.onWake = null;
    // A token that comes again before this store is taken with the first: the owner looks for work after it.
    ops.store(this.mem, this.at, EMPTY);
    onWake?.();
  }
}
