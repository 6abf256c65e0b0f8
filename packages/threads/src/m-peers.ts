// MPeers: core's Peers over shared words, where those (group.ts, idle.ts, queues.ts, start-record.ts) meet the goroutines of
// this isolate. Main's; what workers do besides is in worker-peers.ts.

import type { Goroutine } from "@gr/core";
import {
  type G,
  ID_BATCH,
  kick,
  type Peers,
  type PortableInfo,
  type Program,
  passFresh,
  sched,
  type Told,
} from "@gr/core/internal";
import { type Arena, Codec, type Memory, onMail, ops, Parker } from "@gr/shm";
import { askMain, type Order, readOrder } from "./control.ts";
import * as Control from "./control-kinds.ts";
import * as Ev from "./events.ts";
import { FarPrograms } from "./far-programs.ts";
import type { Gathering } from "./gather.ts";
import { Group } from "./group.ts";
import { handed } from "./handed.ts";
import type { Handles } from "./handles.ts";
import { Home } from "./home.ts";
import { goIdle, lookAround, obtain, type Sleeper, stopSpinning, wakeP, yieldP } from "./idle.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import type { MWorld } from "./m-world.ts";
import { awaitMail, deliverAll, postTo } from "./mail.ts";
import * as May from "./may.ts";
import * as n from "./numbers.ts";
import { mayStart } from "./placement.ts";
import { setProcs } from "./procs.ts";
import { Queues } from "./queues.ts";
import { Spin } from "./spin.ts";
import type { Starts } from "./starts.ts";
import { sampleQueues } from "./trace.ts";
import type { Vigil } from "./vigil.ts";

/** Slices between two looks at the global queue before the P's own (go#21). */
const GLOBAL_EVERY = 61;

export class MPeers implements Peers, Sleeper {
  readonly m: number;
  readonly mem: Int32Array;
  readonly group: Group;
  readonly queues: Queues;
  readonly home: Home;
  /** From when it joins the group. */
  handles: Handles | null;
  /** May others wake this M for a record? Else only mail and a P it wants wake it. */
  protected readonly listed: boolean;
  readonly arena: Arena;
  readonly codec: Codec;
  protected readonly world: MWorld;
  protected readonly programs: FarPrograms;
  private readonly late: Codec;
  /** What starts records here. Workers have it; main loads it when it must start one. */
  protected starts: Starts | null;
  private loadsStarts: boolean;
  private readonly parker: Parker;
  private readonly inbox: number;
  readonly vigil: Vigil;
  /** Main has it when it has the judge. */
  protected gathering: Gathering | null;
  /** The trace that has been told which P this M holds. */
  private traced: typeof sched.trace;
  private tick: number;
  private readonly mailSpin: Spin;
  private readonly workSpin: Spin;
  /** Hears that M m, which was at `place`, is no more, and why; and how many wait until it is loaded (deaths.ts). */
  onDeath: ((m: number, place: number, cause: unknown) => void) | null;
  unheard: number;
  /** Queues again a blocking call that was made here; there is none before blocking() has been called (blocking.ts). */
  putBlocking: ((record: number) => void) | null;
  protected look: () => number;
  private holds: number;
  private wants: boolean;

  /** `vigil` makes the M's vigil; it is given what rings main. */
  constructor(
    memory: Memory,
    arena: Arena,
    codec: Codec,
    m: number,
    world: MWorld,
    vigil: (s: Group, world: MWorld, ring: () => void) => Vigil,
  ) {
    const mem = memory.i32;
    this.m = m;
    this.mem = mem;
    this.arena = arena;
    this.codec = codec;
    this.world = world;
    this.group = new Group(mem, m, { canBlock: world.canBlock });
    this.queues = new Queues(this.group, (m + 1) * 0x9e3779b1);
    this.listed = world.starts === "yes";
    this.programs = new FarPrograms(arena, codec, m);
    // Records wait for shared objects that are on their way; other values do not.
    this.late = new Codec(arena, { late: true });
    this.home = new Home(arena, this.late, m, {
      programs: this.programs,
      maxQueue: world.maxQueue,
      objects: world.objects,
      put: (record) => this.put(record),
      held: (change) => this.held(change),
    });
    this.handles = null;
    this.starts = null;
    this.loadsStarts = false;
    this.parker = new Parker(mem, this.group.slot + w.M_PARK);
    this.inbox = this.group.slot + w.M_INBOX;
    this.vigil = vigil(this.group, world, () => askMain(codec, Control.Ring, 0, 0));
    this.gathering = null;
    this.traced = null;
    this.onDeath = null;
    this.unheard = 0;
    this.putBlocking = null;
    this.tick = 0;
    this.mailSpin = new Spin();
    this.workSpin = new Spin();
    this.look = () => lookAround(this.group, this);
    this.holds = 0;
    this.wants = false;
    onMail(n.Control, (cell) => this.control(readOrder(arena, codec, cell)));
  }

  acquire(): boolean {
    if (!this.arrive()) return false;
    sampleQueues(this.group, this.queues);
    const s = this.group;
    // One of them runs at once.
    ops.poke(this.mem, s.slot + w.M_RUNQ, Math.max(0, sched.p.runq.length + sched.globalq.length - 1));
    if (s.p >= 0) {
      if (s.holds() && s.p < s.procs) {
        this.started();
        return true;
      }
      if (!s.holds()) s.p = -1;
    }
    return this.obtained(s.p >= 0 ? goIdle(s, this) : obtain(s, this));
  }

  /** First thing when this M is called. False: the group has ended. */
  protected arrive(): boolean {
    this.vigil.stir();
    if (ops.load(this.mem, w.STOP) === 0) {
      this.deliver();
      return true;
    }
    this.world.stopped();
    return false;
  }

  private obtained(got: boolean): boolean {
    if (got) this.started();
    else this.sleeps();
    return got;
  }

  receive(): boolean {
    ops.poke(this.mem, this.group.slot + w.M_TICK, ++this.tick);
    if (ops.peek(this.mem, this.inbox) !== 0) this.deliver();
    return this.group.holds();
  }

  startTurn(): boolean {
    return this.tick % GLOBAL_EVERY === 0;
  }

  nextStart(): G | null {
    return this.mayStart() === May.Yes ? (this.starts as Starts).next(this, this.startTurn()) : null;
  }

  idle(): boolean {
    const s = this.group;
    // The P may be taken while this M spins: then it must ask for one, not go on looking.
    if (this.waitAwake() && s.holds()) return true;
    const before = s.p;
    const why = s.holds() ? n.StopIdle : n.StopRetaken;
    if (before >= 0) sched.trace?.event(Ev.ProcStop, why, 0, 0, before);
    return this.obtained(goIdle(s, this));
  }

  yieldP(): boolean {
    const before = this.group.p;
    if (yieldP(this.group, this)) return true;
    if (before >= 0) sched.trace?.event(Ev.ProcStop, n.StopHandoff, 0, 0, before);
    this.sleeps();
    // Its P was taken from it: it must ask for another. Else it is on the list of those that want one.
    const asks = ops.load(this.mem, this.group.slot + w.M_STATE) === MState.Awake;
    if (asks || !this.arm()) kick();
    return false;
  }

  spawn(portable: PortableInfo, args: readonly unknown[]): Goroutine<unknown> {
    return this.home.start(portable, args);
  }

  spawnTold(portable: PortableInfo, args: readonly unknown[], told: Told): boolean {
    return this.home.startTold(portable, args, told);
  }
  listUnheld(p: Program): void {
    this.home.hold(p);
  }

  private put(record: number): void {
    const n = this.queues.put(record);
    if (n > 0) sched.trace?.event(Ev.RunqOverflow, 0, 0, 0, n);
    wakeP(this.group, this);
  }

  idBatch(): number {
    sched.nextId = ops.add(this.mem, w.NEXT_ID, ID_BATCH);
    return sched.nextId + ID_BATCH;
  }

  gomaxprocs(n?: number): number {
    const old = this.group.procs;
    if (n !== undefined && n !== old) {
      setProcs(this.group, this.arena, this, n);
      sched.trace?.event(Ev.ProcsChange, 0, 0, 0, this.group.procs);
    }
    return old;
  }

  keyOf(p: Program): number {
    return this.programs.key(p);
  }
  programEnded(p: Program): number {
    return this.programs.ended(p);
  }

  /** Something will begin or end here that counts as no goroutine yet, or as none at all. */
  get unseen(): boolean {
    return this.world.objects.waits > 0 || this.starts?.unseen === true || this.unheard > 0;
  }

  rests(able: number, closed: number): number {
    return this.vigil.rests(this.unseen ? -1 : able, closed);
  }
  drained(signals: boolean): number {
    return this.vigil.drained(signals);
  }
  gather(p: Program, told: Parameters<Peers["gather"]>[1]): void {
    this.gathering?.ask(p, told);
  }

  liveElsewhere(): number {
    return this.home.live + (this.wants ? 1 : 0);
  }

  pinned(): boolean {
    return sched.p.runq.length > 0 || sched.globalq.length > 0 || sched.timers.next() <= sched.host.now();
  }
  queued(): number {
    return this.queues.queued();
  }

  mayStart(): number {
    // What else is queued is for others, until the module is here.
    if (this.starts?.importing === true) return May.Wait;
    const may = mayStart(this.group, this.world.starts);
    if (may !== May.Yes) return may;
    if (this.starts === null) {
      this.loadStarts();
      return May.Wait;
    }
    return this.listed ? this.starts.may() : may;
  }

  flush(): void {
    this.queues.flush();
  }
  rest(): void {
    this.group.sleepM(this.listed);
  }
  arm(): boolean {
    return this.parker.arm(wake);
  }
  woke(m: number): void {
    sched.trace?.event(Ev.MUnpark, 0, 0, 0, m);
  }
  ping(m: number): void {
    this.world.ping(m);
  }

  startWorker(): void {
    ops.add(this.mem, w.NEED, 1);
    if (this.m === 0) this.world.startWorker();
    else askMain(this.codec, Control.StartWorker, 0, 0);
  }

  /** A ping has arrived: for hosts without waitAsync. */
  pinged(): void {
    this.parker.pinged();
  }

  /** Any point of the owner thread. Pushes a cell into M m's inbox and wakes it. */
  post(m: number, cell: number): void {
    this.vigil.acts();
    postTo(this.group, this, m, cell);
  }

  held(change: 1 | -1): void {
    this.holds += change;
    this.vigil.held(this.holds);
  }

  protected deliver(): void {
    const { group } = this;
    // What came is for this M to run: somebody else must look for records meanwhile.
    if (deliverAll(group, this.inbox) && group.spinning && this.pinned()) stopSpinning(group, this);
  }

  protected control(order: Order): void {
    const { what, m } = order;
    // Ring: what follows this pass is all that it asks for, once the judge is here.
    if (what === Control.Ring) this.rung();
    else if (what === Control.Died) this.onDeath?.(m, order.at, order.value);
    else if (what === Control.StartThread) this.world.startThread(m, order.at);
    else if (what === Control.Terminate) this.world.terminate(m);
    else if (what === Control.StartWorker) this.world.startWorker();
    else if (what === Control.Ask) this.gathering?.answer(order);
    else if (what === Control.Answer) this.gathering?.answered(order);
  }

  /** The module of these records has been imported, or cannot be. */
  protected imported(records: readonly number[]): void {
    this.starts?.imported(records);
    kick();
  }

  /** A worker has seen that all may be at rest. */
  protected rung(): void {}

  protected haveStarts(make: typeof Starts): void {
    const { group, queues, programs, world } = this;
    this.starts = new make(handed, this.arena, this.late, {
      group,
      queues,
      programs,
      objects: world.objects,
      import: (url) => world.import(url),
      post: (to, cell) => this.post(to, cell),
      ready: (records) => this.imported(records),
    });
  }
  private loadStarts(): void {
    if (this.loadsStarts) return;
    this.loadsStarts = true;
    void import("./starts.ts").then((loaded) => {
      this.haveStarts(loaded.Starts);
      kick();
    }, this.world.broken);
  }

  help(): boolean {
    return false;
  }

  private started(): void {
    const p = this.group.p;
    if (this.wants) {
      this.wants = false;
      this.held(-1);
    }
    const trace = sched.trace;
    if (sched.p.id === p && trace === this.traced) return;
    sched.p.id = p;
    this.traced = trace;
    trace?.event(Ev.ProcStart, 0, 0, 0, p);
  }

  // It comes back when it is woken. While it wants a P nothing else may keep the process alive.
  private sleeps(): void {
    sched.p.id = -1;
    const wants = ops.load(this.mem, this.group.slot + w.M_STATE) === MState.Wanting;
    sched.trace?.event(Ev.MPark, wants ? 1 : 0, 0, 0, 0);
    this.world.slept();
    if (!wants || this.wants) return;
    this.wants = true;
    this.held(1);
  }

  // For mail, if it expects some and there is a P for who sends it; for records, if it may look into other queues.
  protected waitAwake(): boolean {
    const mail = this.holds > 0 && this.group.procs > 1;
    if (!mail && !this.group.spinning) return false;
    return awaitMail(this.group, this.inbox, mail ? this.mailSpin : this.workSpin, this.look);
  }
}

function wake(): void {
  sched.trace?.stamp();
  passFresh();
}
