// Names of portables across Ms: a record carries the address of a cell that says name and module, and each M finds its
// own registration of that name, importing the module if it must.
//
// While a module is imported, top-level run() and startThreads() in it never settle, and what it has registered before
// them is usable. So a whole program in one file works, whose top level every M evaluates as far as its first run().

import type { NotPortableError } from "@gr/core";
import type { PortableInfo } from "@gr/core/internal";
import type { Codec } from "@gr/shm";
import type { Handed } from "./handed.ts";

export type AnyPortable = PortableInfo;

interface Task {
  readonly name: string;
  readonly url: string;
  portable: AnyPortable | null;
  error: NotPortableError | null;
  /** Records that wait for the import. */
  waiting: number[];
}

export interface TaskWorld {
  import(url: string): Promise<unknown>;
  /** Runs task after the current macrotask. */
  later(task: () => void): void;
  /** The records' task is known now, or failed. */
  ready(records: readonly number[]): void;
}

export class TaskTable {
  private readonly h: Handed;
  private readonly codec: Codec;
  private readonly world: TaskWorld;
  private readonly tasks: Map<number, Task>;
  private readonly imports: Map<string, Promise<unknown>>;
  /** Modules that wait at their top level, for ever. */
  private readonly stuck: Set<string>;
  private pending: number;
  /** Names that records wait for here. */
  waits: number;

  constructor(h: Handed, codec: Codec, world: TaskWorld) {
    this.h = h;
    this.codec = codec;
    this.world = world;
    this.tasks = new Map();
    this.imports = new Map();
    this.stuck = new Set();
    this.pending = 0;
    this.waits = 0;
  }

  /** Owner thread only. What is registered here under the name at `address`, now; null if it is not known (yet). */
  find(address: number): AnyPortable | null {
    return this.task(address).portable;
  }
  /** Owner thread only. Why the portable cannot be found here; null if it is not known to be so. */
  errorOf(address: number): NotPortableError | null {
    return this.task(address).error;
  }

  /** Owner thread only. The record waits until its module has been imported; then world.ready is told of it. */
  wait(address: number, record: number): void {
    const task = this.task(address);
    task.waiting.push(record);
    if (task.waiting.length > 1) return;
    this.waits++;
    this.load(task);
  }

  private task(address: number): Task {
    let task = this.tasks.get(address);
    if (task === undefined) {
      const [name, url] = this.codec.decode(address) as [string, string];
      task = { name, url, portable: this.h.findPortable(name) ?? null, error: null, waiting: [] };
      this.tasks.set(address, task);
    }
    return task;
  }

  private load(task: Task): void {
    const failed = (why: string): void => {
      if (task.portable === null && task.error === null && !this.found(task)) this.fail(task, why);
    };
    const stopped = (): void => {
      this.stuck.add(task.url);
      // It is at its last line here: what calls run() or go() later is a goroutine's async body. One that this very import
      // makes ready may run in this turn of the event loop, so the end comes before any pass.
      queueMicrotask(() => this.end(stopped));
      if (!this.found(task))
        // The module waits at its top level for run(), for ever; what follows that line is never registered.
        this.world.later(() => failed("its module reached run() or startThreads() before it registered the name"));
    };
    this.begin(stopped);
    let loading = this.imports.get(task.url);
    if (loading === undefined) {
      loading = this.world.import(task.url);
      this.imports.set(task.url, loading);
    }
    // It stopped when another of its names was looked for.
    if (this.stuck.has(task.url)) stopped();
    loading.then(
      () => {
        this.stuck.delete(task.url);
        this.end(stopped);
        failed("its module does not register the name");
      },
      (err: unknown) => {
        this.end(stopped);
        failed(`its module could not be imported: ${err instanceof Error ? err.message : String(err)}`);
      },
    );
  }

  private readonly stops = new Set<() => void>();
  private begin(stopped: () => void): void {
    this.pending++;
    this.stops.add(stopped);
    this.h.sched.importing = (started) => {
      if (started !== undefined)
        throw new this.h.MisuseError(
          `go(${started.name || "anonymous"}) ran at the top level of a module that a thread imports for its portables: put it inside run(), which only the main thread performs`,
        );
      for (const told of this.stops) told();
    };
  }
  private end(stopped: () => void): void {
    if (this.stops.delete(stopped) && --this.pending === 0) this.h.sched.importing = null;
  }

  private found(task: Task): boolean {
    if (task.portable === null) {
      const portable = this.h.findPortable(task.name);
      if (portable === undefined) return false;
      task.portable = portable;
    }
    this.release(task);
    return true;
  }

  private fail(task: Task, why: string): void {
    const known = this.h.portableNames();
    task.error = new this.h.NotPortableError(
      `the portable "${task.name}" of ${task.url || "an unnamed module"} cannot run on M${this.h.sched.m.id}: ${why}. ` +
        "Call portable(import.meta.url, name, fn) at the top level of its module, before any run(); in a bundle, pass the " +
        `module to serve(…) in the worker's own file. Known here: ${known.length === 0 ? "none" : known.join(", ")}`,
    );
    this.release(task);
  }

  private release(task: Task): void {
    const records = task.waiting;
    task.waiting = [];
    if (records.length === 0) return;
    this.waits--;
    this.world.ready(records);
  }
}
