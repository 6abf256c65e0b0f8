// Home: the goroutines that this M started to run anywhere, and how their ends come back.

import { ThreadLostError } from "@gr/core";
import { kick, type PortableInfo, type Program, sched, type Told, tellEnd } from "@gr/core/internal";
import { type Arena, type Codec, detach, MAIL_BODY, MAIL_KIND, onMail, ops, sendMail, takeMoves } from "@gr/shm";
import * as Ev from "./events.ts";
import type { FarPrograms } from "./far-programs.ts";
import { Names } from "./names.ts";
import * as n from "./numbers.ts";
import type { ObjectTable } from "./object-table.ts";
import { Crowd, Proxies } from "./proxies.ts";
import { queueFull, type Reach, RemoteG } from "./remote-g.ts";
import * as rec from "./start-record.ts";

/** What the home side needs of its M. */
export interface HomeWorld {
  readonly programs: FarPrograms;
  readonly maxQueue: number;
  readonly objects: ObjectTable;
  /** Queues a record for any M. */
  put(record: number): void;
  /** One goroutine more, or fewer, is waited for. */
  held(change: 1 | -1): void;
}

export class Home implements Reach {
  readonly m: number;
  readonly mem: Int32Array;
  private readonly arena: Arena;
  readonly codec: Codec;
  private readonly names: Names;
  readonly proxies: Proxies;
  readonly world: HomeWorld;
  /** The last one. */
  private crowd: Crowd | null;

  constructor(arena: Arena, codec: Codec, m: number, world: HomeWorld) {
    this.m = m;
    this.mem = arena.memory.i32;
    this.arena = arena;
    this.codec = codec;
    this.names = new Names(codec);
    this.proxies = new Proxies();
    this.world = world;
    this.crowd = null;
    onMail(n.Completed, (cell) => this.completed(cell));
  }

  /** Goroutines that have not ended. */
  get live(): number {
    return this.proxies.live;
  }

  /**
   * Goroutine side or outside. A record with the arguments, and its proxy; queues nothing. A program that is ending takes
   * nobody in: then the goroutine has ended, and has no record.
   * @throws RangeError at maxQueue; DataCloneError if an argument cannot cross; ArenaFullError
   */
  make(portable: PortableInfo, given: readonly unknown[], flags: number): RemoteG {
    const program = programNow();
    const record = this.record(portable, given, flags, program);
    const { at, id, parent } = this.named(record, portable);
    const g = new RemoteG(id, portable, program, parent, at, record, this);
    this.proxies.add(g, record);
    if (program.ending) {
      g.cancel();
      rec.dropRecord(this.arena, this.codec, record);
    }
    return g;
  }

  /** The same, and queues it for any M. */
  start(portable: PortableInfo, given: readonly unknown[]): RemoteG {
    const g = this.make(portable, given, 0);
    if (g.record !== 0) this.world.put(g.record);
    return g;
  }

  /** The same for one that only `told` hears of. False if it has ended. */
  startTold(portable: PortableInfo, given: readonly unknown[], told: Told): boolean {
    const program = programNow();
    if (program.ending) {
      this.start(portable, given);
      return false;
    }
    const record = this.record(portable, given, 0, program);
    this.named(record, portable);
    let { crowd } = this;
    if (crowd === null || crowd.told !== told || crowd.portable !== portable || crowd.program !== program) {
      crowd = new Crowd(portable, program, told);
      this.crowd = crowd;
    }
    this.proxies.add(crowd, record);
    program.live++;
    sched.live++;
    this.world.put(record);
    return true;
  }

  private record(portable: PortableInfo, given: readonly unknown[], flags: number, program: Program): number {
    const { proxies, world } = this;
    if (proxies.live >= world.maxQueue) throw new RangeError(queueFull(world.maxQueue));
    const moved = takeMoves(given);
    const record = rec.makeRecord(
      this.arena,
      this.codec,
      given,
      flags,
      this.m,
      this.names.addressOf(portable),
      world.programs.keyOf(program),
    );
    if (moved !== null) detach(moved);
    return record;
  }

  private named(record: number, portable: PortableInfo): { id: number; at: number; parent: number } {
    const by = sched.m.curg;
    const parent = by === null ? 0 : by.id;
    const id = sched.newId();
    const at = this.proxies.next;
    rec.nameRecord(this.mem, record, id, at, parent);
    this.world.held(1);
    const trace = sched.trace;
    if (trace !== null) {
      if (by === null) trace.stamp();
      trace.event(Ev.GoCreate, 0, trace.string(portable.body.name || "(anonymous)"), parent, id);
    }
    return { id, at, parent };
  }

  /** Owner thread only. Makes proxies of the goroutines of p that have none; of all, without p. */
  hold(p: Program | null): void {
    for (const [at, record, crowd] of this.proxies.unheld(p)) this.holdOne(at, record, crowd);
  }
  private holdOne(at: number, record: number, { portable, program, told }: Crowd): RemoteG {
    const { mem } = this;
    const id = ops.peek(mem, record + rec.ID) >>> 0;
    const parent = ops.peek(mem, record + rec.PARENT) >>> 0;
    const g = new RemoteG(id, portable, program, parent, at, record, this);
    // It was counted when it began.
    program.live--;
    sched.live--;
    this.proxies.replace(at, g);
    tellEnd(g, told);
    return g;
  }

  /** Owner thread only. The handle of the goroutine of a record; null if that has been given up. */
  heldAt(at: number, record: number): RemoteG | null {
    const who = this.proxies.of(at, record);
    return who instanceof Crowd ? this.holdOne(at, record, who) : who;
  }

  cancelFar(record: number): void {
    const { mem } = this;
    const cell = this.arena.allocate(64);
    ops.poke(mem, cell + MAIL_KIND, n.Cancel);
    ops.poke(mem, cell + MAIL_BODY, ops.load(mem, record + rec.FAR_AT));
    ops.poke(mem, cell + MAIL_BODY + 1, ops.load(mem, record + rec.ID));
    sendMail(ops.load(mem, record + rec.RUNNER) - 1, cell);
  }

  forget(g: RemoteG): void {
    if (this.proxies.remove(g.at, g.record)) this.world.held(-1);
  }

  /** Mail.Completed. */
  private completed(r: number): void {
    const { mem, proxies } = this;
    if (!this.ready(r)) {
      this.world.objects.when(() => this.arrived(r));
      return;
    }
    const at = ops.peek(mem, r + rec.HOME_AT);
    const who = proxies.of(at, r);
    const how = ops.peek(mem, r + rec.SHAPE);
    if (who instanceof Crowd && how === n.Return) {
      this.codec.dropSlot(r + rec.VALUE);
      this.arena.free(r);
      proxies.remove(at, r);
      this.world.held(-1);
      who.told.done();
      who.program.gone();
      return;
    }
    const g = this.heldAt(at, r);
    const value = this.codec.takeSlot(r + rec.VALUE);
    this.arena.free(r);
    if (g === null) return;
    this.forget(g);
    g.settle(how, value);
  }

  private ready(r: number): boolean {
    return sched.loads.size === 0 && this.codec.slotReady(r + rec.VALUE);
  }

  private arrived(r: number): boolean {
    const all = this.ready(r);
    if (all) {
      this.completed(r);
      kick();
    }
    return all;
  }

  /** Owner thread only. g's goroutine will never be heard of. Its record stays, since words elsewhere may name it. */
  lose(g: RemoteG, why: string, cause: unknown): void {
    const err = new ThreadLostError(`${g} was lost: ${why}`);
    if (cause !== undefined) Object.defineProperty(err, "cause", { value: cause, configurable: true, writable: true });
    this.forget(g);
    g.settle(n.Panic, err);
  }

  /** Owner thread only. The group ends: so do all that are waited for. */
  loseAll(why: string): void {
    this.world.programs.died(-1);
    this.hold(null);
    for (const g of this.proxies.held()) this.lose(g, why, undefined);
  }
}

function programNow(): Program {
  const by = sched.m.curg;
  return by === null ? sched.ambient : by.program;
}
