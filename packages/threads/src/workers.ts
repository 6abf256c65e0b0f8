// Workers: starts them, and hears of their end. Main's, and sysmon's while main is stuck.

import { MisuseError } from "@gr/core";
import { keepOut, type Memory, numberOf, ops, ownerOf, slotOf } from "@gr/shm";
import type { Neighbours, ObjectMessage, Started } from "./bus.ts";
import * as w from "./layout.ts";
import type { Boot, Message } from "./messages.ts";
import { giveNumber } from "./slots.ts";
import type { Platform, StartOptions, Thread } from "./thread.ts";

export class Workers implements Neighbours, Started {
  readonly threads: Map<number, Thread>;
  /** Those that were terminated on purpose. */
  private readonly ended: Set<number>;
  private readonly platform: Platform;
  private readonly memory: Memory;
  private readonly options: StartOptions;
  private readonly modules: () => readonly string[];
  private readonly line: () => Pick<Boot, "bus" | "objects">;
  private readonly message: (message: Message, m: number) => void;
  private readonly gone: (m: number, error: unknown) => void;

  constructor(
    platform: Platform,
    memory: Memory,
    options: StartOptions,
    modules: () => readonly string[],
    line: () => Pick<Boot, "bus" | "objects">,
    message: (message: Message, m: number) => void,
    gone: (m: number, error: unknown) => void,
  ) {
    this.threads = new Map();
    this.ended = new Set();
    this.platform = platform;
    this.memory = memory;
    this.options = options;
    this.modules = modules;
    this.line = line;
    this.message = message;
    this.gone = gone;
  }

  /** Owner thread only. Starts the workers that were reserved (NWORKERS, STARTING, NEED) and that nobody has started. */
  startNeeded(): void {
    const { i32 } = this.memory;
    for (let n = ops.load(i32, w.NEED); n > 0; n = ops.load(i32, w.NEED))
      if (ops.compareExchange(i32, w.NEED, n, n - 1) === n) this.start(giveNumber(i32));
  }

  /** Owner thread only. Ends the thread of M m, as soon as it can be stopped. */
  terminate(m: number, arenaLock: number): void {
    const thread = this.threads.get(m);
    if (thread === undefined) return;
    this.ended.add(m);
    // Or it might end with a lock in its hands, and whoever waits for that here could not hear of its death.
    const { i32 } = this.memory;
    const holds = (): boolean => ownerOf(i32, w.LOCK) === m || ownerOf(i32, arenaLock) === slotOf(m);
    keepOut(i32, m, this.platform.mainBlocks, holds);
    void thread.terminate();
  }

  /** Wakes the M in slot m, or sysmon, in a host without waitAsync; false if it was not started here. */
  ping(m: number): boolean {
    const thread = this.threads.get(numberOf(this.memory.i32, m));
    thread?.post({ gr: "ping", to: m });
    return thread !== undefined;
  }

  /** Sends to all threads started here but `except`. */
  send(message: ObjectMessage, except: number): void {
    for (const [m, thread] of this.threads) if (m !== except) thread.post(message);
  }

  /** The threads that do not get yet what is posted to all. */
  closed(): Thread[] {
    const { i32 } = this.memory;
    const all: Thread[] = [];
    for (const [m, thread] of this.threads) if (ops.load(i32, w.mSlot(m) + w.M_OPEN) === 0) all.push(thread);
    return all;
  }

  /** Owner thread only. Starts M m, perhaps for one record alone, or sysmon. `gone` is told if that fails. */
  start(m: number, record = 0): void {
    try {
      if (m < 0) throw new MisuseError(`main has not heard yet of the ends of ${w.SYSMON - 1} threads`);
      const name = m === w.SYSMON ? "gr sysmon" : `gr M${m}`;
      const events = {
        message: (message: Message) => this.message(message, m),
        gone: (error: unknown) => {
          this.threads.delete(m);
          this.gone(m, this.ended.delete(m) ? undefined : error);
        },
      };
      const thread = this.platform.start(name, events, this.options);
      this.threads.set(m, thread);
      thread.post({
        gr: "boot",
        buffer: this.memory.buffer,
        m,
        record,
        idleMs: this.options.idleMs,
        ours: this.options.make === null,
        modules: this.modules(),
        ...this.line(),
      });
    } catch (err) {
      this.gone(m, err);
    }
  }
}
