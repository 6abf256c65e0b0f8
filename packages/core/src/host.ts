// Host: all that the scheduler needs from the world around it.
//
// Core names no timer, clock, process or worker outside the hosts. One fake host makes every test deterministic.

export interface Host {
  /** For error texts: "event-loop", "virtual", "none". */
  readonly kind: string;
  /** Milliseconds on a clock that never goes back; fractions allowed. */
  now(): number;
  /**
   * Runs task once. `soon`: before the host's next event (a microtask); otherwise after the host has seen to its
   * timers, I/O and rendering once (a macrotask, which must not cost a timer).
   */
  post(task: () => void, soon: boolean): void;
  /** Nothing is runnable: asks for a pass at `deadline` (host clock; Infinity: no timer is pending). Replaces the earlier one. */
  park(deadline: number): void;
  /** There is work again: the deadline given to park() need not be kept. */
  unpark(): void;
  /**
   * Registers who is told when the host has nothing left that could ever call us. `signals`: a listener for signals of
   * the operating system is registered, which the host does not wait for. The answer says whether the host must stay
   * alive all the same, until the next pass. Hosts that cannot know never call it.
   */
  onDrained(told: (signals: boolean) => boolean): void;
  /** Runs task in about `ms` milliseconds, if the host still lives then: never keeps it alive. */
  later(ms: number, task: () => void): void;
  /** Shows a warning to the developer (a leak, an abandoned goroutine). */
  warn(text: string): void;
  /** Writes a line where the developer reads (what GRDEBUG asked for). */
  print(text: string): void;
  /** A variable of the environment; undefined where there is none. */
  env(name: string): string | undefined;
  /** A goroutine outside every run failed and nobody joined it. */
  unhandled(error: unknown): void;
}
