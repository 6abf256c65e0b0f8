// The one file that knows how a test decides which goroutine runs next, and which ready case wins.
//
// A virtual host makes a program run to its end within one call. The run queue of its P is replaced by
// one without order: whoever is runnable may be next, and `choose` says who. So every order that a
// scheduler could produce can be asked for, whatever this scheduler happens to do by itself.
import { type Coroutine, run, sleep } from "@gr/core";
import { type G, random, sched, withVirtualHost } from "@gr/core/internal";

/** Picks one of n runnable goroutines; n is at least 2. */
export type Choose = (n: number) => number;

interface Queue {
  push(g: G): void;
  shift(): G | null;
}

/** Stands in for RunQueue: a set from which `choose` picks. */
class ChoosingQueue {
  runnext: G | null = null;
  private readonly ready: G[] = [];
  private readonly choose: Choose;
  private readonly global: Queue;

  constructor(choose: Choose, global: Queue) {
    this.choose = choose;
    this.global = global;
  }

  get length(): number {
    return this.ready.length;
  }

  put(g: G): number {
    this.ready.push(g);
    return 0;
  }

  kickNext(): void {}

  shift(): G | null {
    // Those that yielded stand in the global queue; here they are no later than the others.
    for (let g = this.global.shift(); g !== null; g = this.global.shift()) this.ready.push(g);
    const n = this.ready.length;
    if (n === 0) return null;
    return this.ready.splice(n === 1 ? 0 : this.choose(n), 1)[0]!;
  }
}

/**
 * Runs main as a closed program in which `choose` decides who runs next and which ready case a select takes;
 * returns main's result.
 */
export function runScheduled<T>(main: () => Coroutine<T>, choose: Choose): T {
  const numbers = random();
  const { below } = numbers;
  numbers.below = choose;
  try {
    return withVirtualHost((host) => {
      const p = sched.p as { runq: unknown };
      p.runq = new ChoosingQueue(choose, sched.globalq as unknown as Queue);
      return toItsEnd(main, host);
    });
  } finally {
    numbers.below = below;
  }
}

/** Runs main as a closed program in virtual time, which stands at 0 when it begins; returns main's result. */
export function runVirtual<T>(main: () => Coroutine<T>): T {
  return withVirtualHost((host) => toItsEnd(main, host));
}

/** The time of the host, virtual or not. */
export function now(): number {
  return sched.host.now();
}

// Time passes in steps only until main has ended: a ticker nobody stops would tick for ever.
function toItsEnd<T>(main: () => Coroutine<T>, host: { advance(ms: number): void }): T {
  let end: { readonly value: T } | { readonly error: unknown } | undefined;
  const program = run(
    function* () {
      try {
        end = { value: yield* main() };
      } catch (error) {
        end = { error };
        throw error;
      }
    },
    { deadlock: "closed" },
  );
  program.catch(() => {});
  for (let i = 0; i < 2000 && end === undefined; i++) host.advance(1);
  if (end === undefined) throw new Error("the program did not end");
  if ("error" in end) throw end.error;
  return end.value;
}

/** Goroutine side. Returns when no other goroutine can run: time stands still until then. */
export function* untilQuiet(): Coroutine<void> {
  yield* sleep(1);
}
