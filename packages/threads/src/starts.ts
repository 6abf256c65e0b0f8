// Starts: records that this M has taken become goroutines here, and their ends go home.

//
// Main loads this file when it must start a record itself, which is rare; workers have it from their start.

import type { G } from "@gr/core/internal";
import type { Arena, Codec } from "@gr/shm";
import * as Ev from "./events.ts";
import { FarSide, FarTable, howEnded, makeFar } from "./far-g.ts";
import type { FarPrograms } from "./far-programs.ts";
import type { Group } from "./group.ts";
import type { Handed } from "./handed.ts";
import type { Sleeper } from "./idle.ts";
import * as w from "./layout-words.ts";
import * as n from "./numbers.ts";
import type { ObjectTable } from "./object-table.ts";
import type { Queues } from "./queues.ts";
import * as State from "./record-state.ts";
import * as rec from "./record-words.ts";
import { mayTake } from "./share.ts";
import { programOf } from "./stand-ins.ts";
import { takeRecord } from "./take.ts";
import { type AnyPortable, TaskTable } from "./task-table.ts";

/** What the starts need of their M. */
export interface StartsWorld {
  readonly group: Group;
  readonly queues: Queues;
  readonly programs: FarPrograms;
  readonly objects: ObjectTable;
  import(url: string): Promise<unknown>;
  post(m: number, cell: number): void;
  /** The modules and shared objects that these records name have come, or never will. */
  ready(records: readonly number[]): void;
}

export class Starts {
  private readonly h: Handed;
  readonly tasks: TaskTable;
  readonly mem: Int32Array;
  private readonly arena: Arena;
  private readonly codec: Codec;
  readonly group: Group;
  private readonly world: StartsWorld;
  private readonly far: FarTable;
  private readonly onEnd: (g: G) => void;
  /** Blocking calls that have returned a promise, which is pending. */
  calls: number;

  constructor(h: Handed, arena: Arena, codec: Codec, world: StartsWorld) {
    this.h = h;
    this.tasks = new TaskTable(h, codec, {
      import: (url) => world.import(url),
      later: (task) => h.sched.host.post(task, false),
      ready: (records) => world.ready(records),
    });
    this.mem = arena.memory.i32;
    this.arena = arena;
    this.codec = codec;
    this.group = world.group;
    this.world = world;
    this.far = new FarTable();
    this.onEnd = (g) => this.ended(g);
    h.onMail(n.Cancel, (cell) => this.cancel(cell));
    this.calls = 0;
  }

  /** Something will begin or end here that counts as no goroutine yet, or as none at all. */
  get unseen(): boolean {
    return this.importing || this.calls > 0;
  }

  /** Scheduler side. May this M start a queued record, by its share? One of May. */
  may(): number {
    return mayTake(this.h, this.group, this.world.queues);
  }

  /** Scheduler side. The goroutine of the next record, on no run queue yet; null if there is none. */
  next(by: Sleeper, globalFirst: boolean): G | null {
    const { h, group } = this;
    const { queues } = this.world;
    for (;;) {
      const r = takeRecord(h, queues, globalFirst);
      if (r === 0) {
        // The turn of others' work came before its own: that is what it does next, and it looks no further.
        if (group.spinning && by.pinned()) h.stopSpinning(group, by);
        return null;
      }
      this.traceTake();
      const g = this.start(r);
      if (g === null && !this.importing) continue;
      if (group.spinning) h.stopSpinning(group, by);
      return g;
    }
  }

  // Tells the trace where the record just taken came from.
  private traceTake(): void {
    const { trace } = this.h.sched;
    const { got, from } = this.world.queues;
    if (trace === null || got === 0) return;
    trace.stamp();
    if (from < 0) trace.event(Ev.GlobGet, 0, 0, 0, got);
    else trace.event(Ev.RunqSteal, 0, from, 0, got);
  }

  /** A record waits here for its module. */
  get importing(): boolean {
    return this.tasks.waits > 0;
  }

  /**
   * Scheduler side. The goroutine of a record that this M took from a queue, on no run queue yet. Null if there is none to
   * run now: cancelled, failed already, or waiting for its module.
   */
  start(r: number): G | null {
    const args = this.claim(r);
    if (args === null) return null;
    const { h, mem } = this;
    const { ops } = h;
    const portable = this.tasks.find(ops.peek(mem, r + rec.NAME));
    const id = ops.peek(mem, r + rec.ID) >>> 0;
    const program = programOf(h, this.world.programs, ops.peek(mem, r + rec.PROGRAM));
    const parent = ops.peek(mem, r + rec.PARENT) >>> 0;
    const at = ops.peek(mem, r + rec.FAR_AT);
    const g = makeFar(h, id, portable as AnyPortable, args, program, parent, new FarSide(r, at, this.onEnd));
    this.far.add(g, at);
    this.group.count(w.M_LIVE, 1);
    this.group.count(w.M_STARTED, 1);
    return g;
  }

  /** The module of these records has been imported, or cannot be. */
  imported(records: readonly number[]): void {
    for (const r of records) {
      const g = this.start(r);
      if (g !== null) this.h.runqput(g, false);
    }
  }

  /** Mail.Cancel. */
  private cancel(cell: number): void {
    const { ops } = this.h;
    const at = ops.peek(this.mem, cell + n.MAIL_BODY);
    const id = ops.peek(this.mem, cell + n.MAIL_BODY + 1);
    this.arena.free(cell);
    const g = this.far.get(at);
    if (g !== null && (g.id | 0) === id) g.cancel();
  }

  /** Scheduler side. Makes the record this M's, and takes its arguments. Null: see start. */
  claim(r: number): readonly unknown[] | null {
    const { mem, codec } = this;
    const { ops } = this.h;
    const { tasks } = this;
    const name = ops.peek(mem, r + rec.NAME);
    const portable = tasks.find(name);
    ops.poke(mem, r + rec.RUNNER, this.world.programs.number + 1);
    if (portable === null && tasks.errorOf(name) === null) {
      tasks.wait(name, r);
      return null;
    }
    if (!this.argsReady(r)) {
      this.world.objects.when(() => this.arrived(r));
      return null;
    }
    ops.poke(mem, r + rec.FAR_AT, this.far.next());
    if (ops.compareExchange(mem, r + rec.STATE, State.Queued, State.Started) !== State.Queued) {
      this.h.dropRecord(this.arena, codec, r);
      return null;
    }
    try {
      const args = this.takeArgs(r);
      if (portable !== null) return args;
      this.sendHome(r, n.Panic, tasks.errorOf(name));
    } catch (err) {
      this.sendHome(r, n.Panic, err);
    }
    return null;
  }

  private arrived(r: number): boolean {
    const all = this.argsReady(r);
    if (all) this.world.ready([r]);
    return all;
  }

  // A package may have been imported with the module of the portable, after the threads had started.
  private argsReady(r: number): boolean {
    if (this.h.sched.loads.size > 0) return false;
    return (this.h.ops.peek(this.mem, r + rec.SHAPE) & rec.COUNT) === 0 || this.codec.slotReady(r + rec.VALUE);
  }

  private takeArgs(r: number): readonly unknown[] {
    const count = this.h.ops.peek(this.mem, r + rec.SHAPE) & rec.COUNT;
    if (count === 0) return [];
    const value = this.codec.takeSlot(r + rec.VALUE);
    return count === 1 ? [value] : (value as readonly unknown[]);
  }

  private ended(g: G): void {
    const { record, at } = g.side as unknown as FarSide;
    const how = howEnded(g);
    this.far.remove(at);
    this.group.count(w.M_LIVE, -1);
    this.sendHome(record, how, how === n.Cancelled ? undefined : g.value);
  }

  /** Scheduler side. Its goroutine, or the call, has ended: the record goes home. */
  sendHome(r: number, how: number, value: unknown): void {
    const { mem } = this;
    const { ops } = this.h;
    const why = how === n.Panic ? how : this.encode(r, how, value);
    if (why === n.Panic && how === why) this.h.encodeError(this.codec, value, r + rec.VALUE);
    ops.poke(mem, r + rec.SHAPE, why);
    // Order matters: publishes the result; pairs with the home M's status.
    ops.store(mem, r + rec.STATE, State.Done);
    this.world.post(ops.peek(mem, r + rec.HOME), r);
  }

  // The result into the record; if it cannot cross, the error that says so.
  private encode(r: number, how: number, value: unknown): number {
    const { h } = this;
    try {
      const moved = h.takeMoves([value]);
      this.codec.encodeSlot(value, r + rec.VALUE, "result");
      if (moved !== null) h.detach(moved);
      return how;
    } catch (err) {
      h.encodeError(this.codec, err, r + rec.VALUE);
      return n.Panic;
    }
  }
}
