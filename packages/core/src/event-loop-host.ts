// The host of Node, browsers, Deno and Bun: what their event loops have in common.

import type { Host } from "./host.ts";
import { sched } from "./sched.ts";
import { pass } from "./schedule.ts";

/** What is used of the global object, each only where it exists. */
interface World {
  performance: { now(): number };
  setTimeout(task: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  setImmediate?(task: () => void): unknown;
  MessageChannel: new () => { port1: Port; port2: Port };
  queueMicrotask(task: () => void): void;
  process?: {
    on?(event: string, listener: () => void): void;
    eventNames?(): (string | symbol)[];
    emitWarning?(text: string, type: string): void;
    env?: Record<string, string | undefined>;
  };
  Deno?: { env?: { get(name: string): string | undefined } };
  console?: { warn(text: string): void; error(text: string): void };
}
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
}

/** setTimeout's longest delay; later deadlines are reached in several steps. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export class EventLoopHost implements Host {
  readonly kind = "event-loop";
  private readonly world: World;
  private readonly macrotask: (task: () => void) => void;
  private handle: unknown;
  private deadline: number;
  private readonly timeUp: () => void;
  /** Keeps the host alive where somebody waits for what does not: see onDrained. */
  private hold: unknown;

  constructor(world: World = globalThis as unknown as World) {
    this.world = world;
    this.macrotask = macrotaskOf(world);
    this.handle = undefined;
    this.deadline = Number.POSITIVE_INFINITY;
    this.hold = undefined;
    this.timeUp = () => {
      this.handle = undefined;
      this.deadline = Number.POSITIVE_INFINITY;
      pass(true);
    };
  }

  now(): number {
    return this.world.performance.now();
  }

  post(task: () => void, soon: boolean): void {
    if (soon) this.world.queueMicrotask(task);
    else this.macrotask(task);
  }

  park(deadline: number): void {
    if (this.hold !== undefined) this.release();
    if (deadline === this.deadline) return;
    if (this.handle !== undefined) this.world.clearTimeout(this.handle);
    this.handle = undefined;
    this.deadline = Number.POSITIVE_INFINITY;
    if (deadline === Number.POSITIVE_INFINITY) return;
    this.deadline = deadline;
    // Rounded up: a timeout that comes early would only park again.
    const ms = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(deadline - this.now())));
    this.handle = this.world.setTimeout(this.timeUp, ms);
  }

  // The timeout is kept: a pass that comes early does no harm, and most passes park until the same deadline again.
  unpark(): void {}

  onDrained(told: (signals: boolean) => boolean): void {
    const { process } = this.world;
    process?.on?.("beforeExit", () => {
      const signals = process.eventNames?.().some((name) => /^SIG/.test(String(name)));
      if (told(signals === true)) this.hold ??= this.world.setTimeout(() => this.release(), MAX_DELAY_MS);
    });
  }

  private release(): void {
    this.world.clearTimeout(this.hold);
    this.hold = undefined;
  }

  later(ms: number, task: () => void): void {
    // A number in browsers.
    (this.world.setTimeout(task, ms) as { unref?(): void }).unref?.();
  }

  warn(text: string): void {
    const { process, console } = this.world;
    if (process?.emitWarning !== undefined) process.emitWarning(text, "GrWarning");
    else console?.warn(text);
  }

  print(text: string): void {
    this.world.console?.error(text);
  }

  env(name: string): string | undefined {
    const { process, Deno } = this.world;
    try {
      return process?.env?.[name] ?? Deno?.env?.get(name);
    } catch {
      // Deno asks the user's permission, and may not get it
      return undefined;
    }
  }

  unhandled(error: unknown): void {
    // The host's own report of an unhandled rejection: exit code 1 in Node, `unhandledrejection` in browsers.
    void Promise.reject(error);
  }
}

// setImmediate and a message to oneself let timers, I/O and rendering go first, and cost no timer.
function macrotaskOf(world: World): (task: () => void) => void {
  const immediate = world.setImmediate;
  if (immediate !== undefined) return (task) => void immediate(task);
  const Channel = world.MessageChannel;
  const { port1, port2 } = new Channel();
  let tasks: (() => void)[] = [];
  port1.onmessage = () => {
    const list = tasks;
    tasks = [];
    for (const task of list) task();
  };
  return (task) => {
    tasks.push(task);
    if (tasks.length === 1) port2.postMessage(null);
  };
}

/** Owner thread only. Makes `host` the world of this isolate's scheduler; returns the one before. */
export function setHost(host: Host): Host {
  const old = sched.host;
  sched.host = host;
  return old;
}
