// MPeers: core's Peers over shared words. How the scheduler of this isolate takes part in the group. Main's; what workers
// do besides is in worker-peers.ts.
// What several Ms do to shared words is elsewhere (group.ts, idle.ts, steal.ts, start-record.ts); here it meets the
// goroutines of this M: records become goroutines, ends become mail, mail becomes ends.

import type { Goroutine } from "@gr/core";
import {
  Drained,
  Ev,
  type G,
  ID_BATCH,
  kick,
  type Peers,
  type PortableInfo,
  ProcStopWhy,
  type Program,
  passFresh,
  sched,
  type Told,
} from "@gr/core/internal";
import {
  type Arena,
  Codec,
  deliverMail,
  isEmpty,
  Mail,
  type Memory,
  nextOf,
  onMail,
  ops,
  Parker,
  push,
  takeAll,
  unpark,
} from "@gr/shm";
import { askMain, type Order, readOrder } from "./control.ts";
import * as Control from "./control-kinds.ts";
import { FarPrograms } from "./far-programs.ts";
import { Gathering } from "./gather.ts";
import { Group } from "./group.ts";
import { Home } from "./home.ts";
import { goIdle, lookAround, May, obtain, type Sleeper, stopSpinning, wakeP, yieldP } from "./idle.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import type { MWorld } from "./m-world.ts";
import { mayStart } from "./placement.ts";
import { setProcs } from "./procs.ts";
import { Spin } from "./spin.ts";
import { Starts } from "./starts.ts";
import { Queues } from "./steal.ts";
import { TaskTable } from "./task-table.ts";
import { sampleQueues, traceTake } from "./trace.ts";
import type { Vigil } from "./vigil.ts";

/** Slices between two looks at the global queue before the P's own (go#21). */
const GLOBAL_EVERY = 61;

export class MPeers implements Peers, Sleeper {
  readonly m: number;
  readonly mem: Int32Array;
  readonly group: Group;
  readonly queues: Queues;
  readonly home: Home;
  readonly listed: boolean;
  readonly arena: Arena;
  readonly codec: Codec;
  protected readonly world: MWorld;
  private readonly programs: FarPrograms;
  private readonly tasks: TaskTable;
  readonly starts: Starts;
  private readonly parker: Parker;
  private readonly inbox: number;
  protected readonly vigil: Vigil;
  private readonly gathering: Gathering;
  /** The trace that has been told which P this M holds. */
  private traced: typeof sched.trace;
  private tick: number;
  private readonly mailSpin: Spin;
  private readonly workSpin: Spin;
  /** Hears that M m is no more, and why. On main it is there by then (deaths.ts). */
  onDeath: ((m: number, cause: unknown) => void) | null;
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
    this.tasks = new TaskTable(codec, {
      import: (url) => world.import(url),
      later: (task) => sched.host.post(task, false),
      ready: (records) => this.imported(records),
    });
    // Records wait for shared objects that are on their way; other values do not.
    const late = new Codec(arena, { late: true });
    this.home = new Home(arena, late, m, {
      tasks: this.tasks,
      programs: this.programs,
      maxQueue: world.maxQueue,
      objects: world.objects,
      put: (record) => this.put(record),
      held: (change) => this.held(change),
    });
    this.starts = new Starts(arena, late, this.group, {
      tasks: this.tasks,
      programs: this.programs,
      objects: world.objects,
      post: (to, cell) => this.post(to, cell),
      ready: (record) => this.imported([record]),
    });
    this.parker = new Parker(mem, this.group.slot + w.M_PARK);
    this.inbox = this.group.slot + w.M_INBOX;
    this.vigil = vigil(this.group, world, () => askMain(codec, Control.Ring, 0, 0));
    this.gathering = new Gathering(this.group, codec, this.programs);
    this.traced = null;
    this.onDeath = null;
    this.putBlocking = null;
    this.tick = 0;
    this.mailSpin = new Spin();
    this.workSpin = new Spin();
    this.look = () => lookAround(this.group, this);
    this.holds = 0;
    this.wants = false;
    onMail(Mail.Control, (cell) => this.control(readOrder(arena, codec, cell)));
  }

  acquire(): boolean {
    if (!this.arrive()) return false;
    sampleQueues(this.group, this.queues);
    const s = this.group;
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
    if (this.mayStart() !== May.Yes) return null;
    for (;;) {
      const r = this.queues.take(this.startTurn());
      if (r === 0) {
        // The turn of others' work came before its own: that is what it does next, and it looks no further.
        if (this.group.spinning && this.pinned()) stopSpinning(this.group, this);
        return null;
      }
      traceTake(this.queues);
      const g = this.starts.start(r);
      if (g === null && !this.starts.importing) continue;
      if (this.group.spinning) stopSpinning(this.group, this);
      return g;
    }
  }

  idle(): boolean {
    const s = this.group;
    // The P may be taken while this M spins: then it must ask for one, not go on looking.
    if (this.waitAwake() && s.holds()) return true;
    const before = s.p;
    const why = s.holds() ? ProcStopWhy.Idle : ProcStopWhy.Retaken;
    if (before >= 0) sched.trace?.event(Ev.ProcStop, why, 0, 0, before);
    return this.obtained(goIdle(s, this));
  }

  yieldP(): boolean {
    const before = this.group.p;
    if (yieldP(this.group, this)) return true;
    if (before >= 0) sched.trace?.event(Ev.ProcStop, ProcStopWhy.Handoff, 0, 0, before);
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
    return ops.add(this.mem, w.NEXT_ID, ID_BATCH);
  }

  gomaxprocs(n?: number): number {
    const old = this.group.procs;
    if (n !== undefined && n !== old) {
      setProcs(this.group, this.arena, this, n);
      sched.trace?.event(Ev.ProcsChange, 0, 0, 0, this.group.procs);
    }
    return old;
  }

  programEnded(p: Program): number {
    return this.programs.ended(p);
  }

  rests(able: number, closed: number): number {
    return this.vigil.rests(this.starts.unseen ? -1 : able, closed);
  }
  drained(signals: boolean): number {
    return Drained[this.vigil.drained(signals)];
  }
  gather(p: Program, told: Parameters<Peers["gather"]>[1]): void {
    this.gathering.ask(p, told);
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
    return this.starts.importing ? May.Wait : mayStart(this.group, this.queues, this.world.starts);
  }

  flush(): void {
    this.queues.flush();
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
    if (sched.trace !== null) sched.trace.event(Ev.MailSend, 0, 0, 0, m);
    this.vigil.acts();
    const first = push(this.mem, w.mSlot(m) + w.M_INBOX, cell);
    if (m === this.m) kick();
    else if (first) unpark(this.mem, w.mSlot(m) + w.M_PARK, () => this.ping(m));
  }

  held(change: 1 | -1): void {
    this.holds += change;
    this.vigil.held(this.holds);
  }

  protected deliver(): void {
    if (isEmpty(this.mem, this.inbox)) return;
    let n = 0;
    for (let cell = takeAll(this.mem, this.inbox); cell !== 0; n++) {
      const next = nextOf(this.mem, cell);
      deliverMail(this.mem, cell);
      cell = next;
    }
    this.group.count(w.M_MAIL, n);
    if (sched.trace !== null) sched.trace.event(Ev.MailRecv, 0, 0, 0, n);
    // What came is for this M to run: somebody else must look for records meanwhile.
    if (this.group.spinning && this.pinned()) stopSpinning(this.group, this);
  }

  private control(order: Order): void {
    const { what, m } = order;
    // Ring: what follows this pass is all that it asks for.
    if (what === Control.Died) this.onDeath?.(m, order.value);
    else if (what === Control.StartThread) this.world.startThread(m, order.at);
    else if (what === Control.Terminate) this.world.terminate(m);
    else if (what === Control.StartWorker) this.world.startWorker();
    else if (what === Control.Ask) this.gathering.answer(order);
    else if (what === Control.Answer) this.gathering.answered(order);
  }

  /** The module of these records has been imported, or cannot be. */
  protected imported(records: readonly number[]): void {
    this.starts.imported(records);
    kick();
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
    const spin = mail ? this.mailSpin : this.workSpin;
    if (!spin.due()) return false;
    const trace = sched.trace;
    trace?.event(Ev.MSpinBegin, 0, 0, 0, 0);
    this.group.count(w.M_SPINS, 1);
    const found = spin.wait(this.mem, this.inbox, this.look);
    trace?.stamp();
    trace?.event(Ev.MSpinEnd, found ? 1 : 0, 0, 0, 0);
    return found;
  }
}

function wake(): void {
  sched.trace?.stamp();
  passFresh();
}
