// Spin: an M that has nothing to run waits awake for a little while before it sleeps.
//
// To be woken takes 10 to 80 µs, and what another M sends often comes sooner than that. Whether it does is not known
// before, but it is much the same from one time to the next: after a wait that was in vain the next one is left out, then
// two, then four, up to MOST_LEFT_OUT; one that found something brings them all back. So two Ms that answer each other find
// out that both may stay awake, and one that waits for the outside world pays next to nothing.

import { ops } from "@gr/shm";

/** Long enough for an M that must be woken first to answer. */
const MS = 0.1;
const MOST_LEFT_OUT = 64;
/** Looks at the word between two looks around and at the clock. */
const LOOKS = 32;

/** What a look around says. */
export const Found = { Nothing: 0, Something: 1, GiveUp: 2 } as const;

export class Spin {
  /** Waits to leave out after the next one in vain, and before the next one. */
  private pause: number;
  private left: number;
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
    this.pause = 0;
    this.left = 0;
  }

  /** Owner thread only. Is this wait worth while? */
  due(): boolean {
    if (this.left === 0) return true;
    this.left--;
    return false;
  }

  /** Owner thread only. Until the word at `at` is not 0, or `look` has an answer. True if there is something to do. */
  wait(mem: Int32Array, at: number, look: () => number): boolean {
    const end = this.now() + MS;
    for (;;) {
      for (let i = 0; i < LOOKS; i++) {
        if (ops.load(mem, at) !== 0) return this.over(true);
        ops.pause();
      }
      const found = look();
      // What makes it give up says nothing about how soon something comes.
      if (found === Found.GiveUp) return false;
      if (found === Found.Something) return this.over(true);
      if (this.now() >= end) return this.over(false);
    }
  }

  private over(found: boolean): boolean {
    this.pause = found ? 0 : Math.min(MOST_LEFT_OUT, Math.max(1, 2 * this.pause));
    this.left = this.pause;
    return found;
  }
}
