// Starts: records that this M has taken become goroutines here, and their ends go home.

import { GoEndWhy, kick, runqput, sched } from "@gr/core/internal";
import { type Arena, type Codec, detach, MAIL_BODY, Mail, onMail, ops } from "@gr/shm";
import { encodeError } from "./errors.ts";
import { FarG, FarTable } from "./far-g.ts";
import type { FarPrograms } from "./far-programs.ts";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import type { ObjectTable } from "./object-table.ts";
import * as State from "./record-state.ts";
import * as rec from "./start-record.ts";
import type { TaskTable } from "./task-table.ts";
import { checkTransfers, Transfer } from "./transfer.ts";

/** What the starts need of their M. */
export interface StartsWorld {
  readonly tasks: TaskTable;
  readonly programs: FarPrograms;
  readonly objects: ObjectTable;
  post(m: number, cell: number): void;
  /** The shared objects that the record names have come. */
  ready(record: number): void;
}

export class Starts {
  private readonly mem: Int32Array;
  private readonly arena: Arena;
  private readonly codec: Codec;
  private readonly group: Group;
  private readonly world: StartsWorld;
  private readonly far: FarTable;
  private readonly onEnd: (g: FarG) => void;
  /** Blocking calls that have returned a promise, which is pending. */
  calls: number;

  constructor(arena: Arena, codec: Codec, group: Group, world: StartsWorld) {
    this.mem = arena.memory.i32;
    this.arena = arena;
    this.codec = codec;
    this.group = group;
    this.world = world;
    this.far = new FarTable();
    this.onEnd = (g) => this.ended(g);
    onMail(Mail.Cancel, (cell) => this.cancel(cell));
    this.calls = 0;
  }

  /** Something will begin or end here that counts as no goroutine yet, or as none at all. */
  get unseen(): boolean {
    return this.importing || this.calls > 0 || this.world.objects.waits > 0;
  }

  /** A record waits here for its module. */
  get importing(): boolean {
    return this.world.tasks.waits > 0;
  }

  /**
   * Scheduler side. The goroutine of a record that this M took from a queue, on no run queue yet. Null if there is none to
   * run now: cancelled, failed already, or waiting for its module.
   */
  start(r: number): FarG | null {
    const args = this.claim(r);
    if (args === null) return null;
    const { mem } = this;
    const portable = this.world.tasks.find(ops.peek(mem, r + rec.NAME));
    const id = ops.peek(mem, r + rec.ID) >>> 0;
    const program = this.world.programs.of(ops.peek(mem, r + rec.PROGRAM));
    const parent = ops.peek(mem, r + rec.PARENT) >>> 0;
    const at = ops.peek(mem, r + rec.FAR_AT);
    const g = new FarG(id, portable as NonNullable<typeof portable>, args, program, parent, r, at, this.onEnd);
    this.far.add(g);
    this.group.count(w.M_LIVE, 1);
    this.group.count(w.M_STARTED, 1);
    return g;
  }

  /** Scheduler side. Runs the blocking call of a record, here and now. Returns what sends the result home. */
  call(r: number): () => void {
    const args = this.claim(r);
    if (args === null) return () => {};
    this.group.count(w.M_STARTED, 1);
    const portable = this.world.tasks.find(ops.peek(this.mem, r + rec.NAME));
    try {
      const value = (portable as NonNullable<typeof portable>).body(...(args as readonly never[]));
      if (typeof (value as { then?: unknown } | null)?.then === "function") {
        this.calls++;
        (value as PromiseLike<unknown>).then(
          (v) => this.settled(r, GoEndWhy.Return, v),
          (err) => this.settled(r, GoEndWhy.Panic, err),
        );
      } else return () => this.sendHome(r, GoEndWhy.Return, value);
    } catch (err) {
      return () => this.sendHome(r, GoEndWhy.Panic, err);
    }
    return () => {};
  }

  private settled(r: number, how: number, value: unknown): void {
    this.calls--;
    this.sendHome(r, how, value);
    // An M that waited for this alone looks again whether it is needed.
    kick();
  }

  /** The module of these records has been imported, or cannot be. */
  imported(records: readonly number[]): void {
    for (const r of records) {
      const g = this.start(r);
      if (g !== null) runqput(g, false);
    }
  }

  /** Mail.Cancel. */
  private cancel(cell: number): void {
    const at = ops.peek(this.mem, cell + MAIL_BODY);
    const id = ops.peek(this.mem, cell + MAIL_BODY + 1);
    this.arena.free(cell);
    const g = this.far.get(at);
    if (g !== null && (g.id | 0) === id) g.cancel();
  }

  // Makes the record this M's, and takes its arguments. Null: see start.
  private claim(r: number): readonly unknown[] | null {
    const { mem, codec } = this;
    const { tasks } = this.world;
    const name = ops.peek(mem, r + rec.NAME);
    const portable = tasks.find(name);
    ops.poke(mem, r + rec.RUNNER, this.group.m + 1);
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
      rec.dropRecord(this.arena, codec, r);
      return null;
    }
    try {
      const args = rec.takeArgs(mem, codec, r);
      if (portable !== null) return args;
      this.sendHome(r, GoEndWhy.Panic, tasks.errorOf(name));
    } catch (err) {
      this.sendHome(r, GoEndWhy.Panic, err);
    }
    return null;
  }

  private arrived(r: number): boolean {
    const all = this.argsReady(r);
    if (all) this.world.ready(r);
    return all;
  }

  // A package may have been imported with the module of the portable, after the threads had started.
  private argsReady(r: number): boolean {
    return sched.loads.size === 0 && rec.argsReady(this.mem, this.codec, r);
  }

  private ended(g: FarG): void {
    this.far.remove(g);
    this.group.count(w.M_LIVE, -1);
    this.sendHome(g.record, g.how, g.how === GoEndWhy.Cancelled ? undefined : g.value);
  }

  private sendHome(r: number, how: number, value: unknown): void {
    const { mem } = this;
    const why = how === GoEndWhy.Panic ? how : this.encode(r, how, value);
    if (why === GoEndWhy.Panic && how === why) encodeError(this.codec, value, r + rec.VALUE);
    ops.poke(mem, r + rec.SHAPE, why);
    // Order matters: publishes the result; pairs with the home M's status.
    ops.store(mem, r + rec.STATE, State.Done);
    this.world.post(ops.peek(mem, r + rec.HOME), r);
  }

  // The result into the record; if it cannot cross, the error that says so.
  private encode(r: number, how: number, value: unknown): number {
    const moved = value instanceof Transfer ? value : null;
    try {
      if (moved !== null) checkTransfers([moved]);
      this.codec.encodeSlot(moved === null ? value : moved.value, r + rec.VALUE, "result");
      if (moved !== null) detach(moved.list);
      return how;
    } catch (err) {
      encodeError(this.codec, err, r + rec.VALUE);
      return GoEndWhy.Panic;
    }
  }
}
