// Workers: starts them, and hears of their end. Main's, and sysmon's while main is stuck.

import { MisuseError } from "@gr/core";
import { type Memory, ops } from "@gr/shm";
import * as w from "./layout.ts";
import type { Message } from "./messages.ts";
import type { Platform, StartOptions, Thread } from "./thread.ts";

export class Workers {
  readonly threads: Map<number, Thread>;
  /** Those that were terminated on purpose. */
  private readonly ended: Set<number>;
  private readonly platform: Platform;
  private readonly memory: Memory;
  private readonly options: StartOptions;
  private readonly modules: () => readonly string[];
  private readonly message: (message: Message) => void;
  private readonly gone: (m: number, error: unknown) => void;

  constructor(
    platform: Platform,
    memory: Memory,
    options: StartOptions,
    modules: () => readonly string[],
    message: (message: Message) => void,
    gone: (m: number, error: unknown) => void,
  ) {
    this.threads = new Map();
    this.ended = new Set();
    this.platform = platform;
    this.memory = memory;
    this.options = options;
    this.modules = modules;
    this.message = message;
    this.gone = gone;
  }

  /** Owner thread only. Starts the workers that were reserved (NWORKERS, STARTING, NEED) and that nobody has started. */
  startNeeded(): void {
    const { i32 } = this.memory;
    for (let n = ops.load(i32, w.NEED); n > 0; n = ops.load(i32, w.NEED))
      if (ops.compareExchange(i32, w.NEED, n, n - 1) === n) this.start(this.number());
  }

  /** Owner thread only. Ends the thread of M m at once. */
  terminate(m: number): void {
    const thread = this.threads.get(m);
    if (thread === undefined) return;
    this.ended.add(m);
    void thread.terminate();
  }

  private number(): number {
    const m = ops.add(this.memory.i32, w.NMS, 1);
    if (m < w.SYSMON) return m;
    ops.sub(this.memory.i32, w.NMS, 1);
    return -1;
  }

  /** Owner thread only. Starts M m, perhaps for one record alone, or sysmon. `gone` is told if that fails. */
  start(m: number, record = 0): void {
    try {
      if (m < 0) throw new MisuseError(`${w.SYSMON} threads have been started; their numbers are used up`);
      const name = m === w.SYSMON ? "gr sysmon" : `gr M${m}`;
      const events = {
        message: this.message,
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
        modules: this.modules(),
      });
    } catch (err) {
      this.gone(m, err);
    }
  }
}
