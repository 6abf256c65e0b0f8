// MPeers: core's Peers over shared words. How the scheduler of this isolate takes part in the group.
//
// Everything that several Ms do to shared words is elsewhere (group.ts, idle.ts, steal.ts, start-record.ts); here it
// meets the goroutines of this M: records become goroutines, ends become mail, mail becomes ends.

import { type Goroutine, ThreadLostError } from "@gr/core";
import {
  Ev,
  type G,
  GoEndWhy,
  ID_BATCH,
  kick,
  Metric,
  type Peers,
  type PortableInfo,
  ProcStopWhy,
  passFresh,
  runqput,
  sched,
} from "@gr/core/internal";
import {
  type Arena,
  bury,
  type Codec,
  deliverMail,
  isEmpty,
  MAIL_BODY,
  MAIL_KIND,
  Mail,
  type Memory,
  nextOf,
  onMail,
  ops,
  Parker,
  push,
  sendMail,
  takeAll,
  unpark,
} from "@gr/shm";
import { askForWorker, CONTROL_CAUSE, CONTROL_M, CONTROL_WHAT, Control } from "./control.ts";
import { encodeError, revive } from "./errors.ts";
import { FarG, FarTable } from "./far-g.ts";
import { FarPrograms } from "./far-programs.ts";
import { Group } from "./group.ts";
import { goIdle, May, obtain, roomForWorker, type Sleeper, stopSpinning, wakeP, yieldP } from "./idle.ts";
import * as w from "./layout.ts";
import { resize } from "./procs.ts";
import { creator, Proxies, queueFull, type Reach, RemoteG } from "./remote-g.ts";
import * as rec from "./start-record.ts";
import { Queues } from "./steal.ts";
import { TaskTable } from "./task-table.ts";
import { metricDue, Tracing } from "./trace.ts";

/** Slices between two looks at the global queue before the P's own (go#21). */
const GLOBAL_EVERY = 61;
/** Looks of a spinning M at the queues before it gives up. */
const MAX_SPINS = 2000;
const MIN_SPINS = 64;

/** What the thread around this M can do. */
export interface MWorld {
  readonly canBlock: boolean;
  /** This M may start portables: "yes", "last" (only while no other M is idle or starting), "never". */
  readonly starts: "yes" | "last" | "never";
  /** May spin before it sleeps. */
  readonly spins: boolean;
  readonly maxQueue: number;
  import(url: string): Promise<unknown>;
  ping(m: number): void;
  startWorker(): void;
  /** The group ends (STOP). */
  stopped(): void;
  /** The number of proxies that wait went from none to some, or back. */
  held(any: boolean): void;
}

export class MPeers implements Peers, Sleeper, Reach {
  readonly m: number;
  readonly mem: Int32Array;
  readonly group: Group;
  readonly queues: Queues;
  readonly proxies: Proxies;
  readonly listed: boolean;
  private readonly arena: Arena;
  private readonly codec: Codec;
  private readonly world: MWorld;
  private readonly programs: FarPrograms;
  private readonly tasks: TaskTable;
  private readonly far: FarTable;
  private readonly parker: Parker;
  private readonly inbox: number;
  private readonly onEnd: (g: FarG) => void;
  private readonly tracing: Tracing;
  /** The trace that has been told which P this M holds. */
  private traced: typeof sched.trace;
  private tick: number;
  private spins: number;
  private holds: number;
  private wants: boolean;

  constructor(memory: Memory, arena: Arena, codec: Codec, m: number, world: MWorld) {
    const mem = memory.i32;
    this.m = m;
    this.mem = mem;
    this.arena = arena;
    this.codec = codec;
    this.world = world;
    this.group = new Group(mem, m, { canBlock: world.canBlock });
    this.queues = new Queues(this.group, (m + 1) * 0x9e3779b1);
    this.proxies = new Proxies();
    this.listed = world.starts === "yes";
    this.programs = new FarPrograms(arena, codec, m);
    this.tasks = new TaskTable(codec, {
      import: (url) => world.import(url),
      later: (task) => sched.host.post(task, false),
      ready: (records) => this.imported(records),
    });
    this.far = new FarTable();
    this.parker = new Parker(mem, this.group.slot + w.M_PARK);
    this.inbox = this.group.slot + w.M_INBOX;
    this.onEnd = (g) => this.farEnded(g);
    this.tracing = new Tracing(arena, codec, m);
    this.traced = null;
    this.tick = 0;
    this.spins = MAX_SPINS;
    this.holds = 0;
    this.wants = false;
    onMail(Mail.Completed, (cell) => this.completed(cell));
    onMail(Mail.Cancel, (cell) => this.cancelHere(cell));
    onMail(Mail.ProgramEnded, (cell) => this.programs.receiveEnded(cell));
    onMail(Mail.ProgramFailed, (cell) => this.programs.receiveFailure(cell));
    onMail(Mail.Control, (cell) => this.control(cell));
  }

  // Peers.

  acquire(): boolean {
    if (ops.load(this.mem, w.STOP) !== 0) return this.stop();
    if (this.m !== 0) this.tracing.follow();
    this.deliver();
    if (metricDue()) this.sample();
    const s = this.group;
    if (s.p >= 0) {
      if (s.holds() && s.p < s.procs) {
        this.started();
        return true;
      }
      if (!s.holds()) s.p = -1;
    }
    const got = s.p >= 0 ? goIdle(s, this) : obtain(s, this);
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
      this.traceTake();
      const g = this.startHere(r);
      const waits = this.tasks.waits > 0;
      if (g === null && !waits) continue;
      if (this.group.spinning) stopSpinning(this.group, this);
      // What else is queued is for others, until the module is here.
      return g;
    }
  }

  idle(): boolean {
    const s = this.group;
    if (s.spinning && this.spinForWork()) return true;
    const before = s.p;
    const why = s.holds() ? ProcStopWhy.Idle : ProcStopWhy.Retaken;
    if (before >= 0) sched.trace?.event(Ev.ProcStop, why, 0, 0, before);
    const got = goIdle(s, this);
    if (got) this.started();
    else this.sleeps();
    return got;
  }

  yieldP(): boolean {
    const before = this.group.p;
    if (yieldP(this.group, this)) return true;
    if (before >= 0) sched.trace?.event(Ev.ProcStop, ProcStopWhy.Handoff, 0, 0, before);
    this.sleeps();
    // Its P was taken from it: it must ask for another. Else it is on the list of those that want one.
    const asks = ops.load(this.mem, this.group.slot + w.M_STATE) === w.MState.Awake;
    if (asks || !this.arm()) kick();
    return false;
  }

  spawn(portable: PortableInfo, args: readonly unknown[]): Goroutine<unknown> {
    const { proxies } = this;
    if (proxies.live >= this.world.maxQueue) throw new RangeError(queueFull(this.world.maxQueue));
    const { program, parent } = creator();
    const id = sched.newId();
    const at = proxies.next();
    const record = rec.makeRecord(this.arena, this.codec, {
      args,
      home: this.m,
      id,
      program: this.programs.keyOf(program),
      name: this.tasks.addressOf(portable),
      homeAt: at,
      parent,
    });
    const g = new RemoteG(id, portable, program, parent, at, this);
    g.record = record;
    proxies.add(g);
    this.held(1);
    const trace = sched.trace;
    if (trace !== null) {
      if (parent === 0) trace.stamp();
      trace.event(Ev.GoCreate, 0, trace.string(g.name), parent, id);
    }
    if (program.ending) g.cancel();
    const over = this.queues.put(record);
    if (over > 0) trace?.event(Ev.RunqOverflow, 0, 0, 0, over);
    wakeP(this.group, this);
    return g;
  }

  idBatch(): number {
    return ops.add(this.mem, w.NEXT_ID, ID_BATCH);
  }

  gomaxprocs(n?: number): number {
    const old = this.group.procs;
    if (n !== undefined && n !== old) {
      const set = resize(this.group, this.arena, n);
      for (const m of set.woken) unpark(this.mem, w.mSlot(m) + w.M_PARK, () => this.ping(m));
      sched.trace?.event(Ev.ProcsChange, 0, 0, 0, this.group.procs);
      wakeP(this.group, this);
    }
    return old;
  }

  programEnded(id: number): void {
    this.programs.ended(id);
  }

  liveElsewhere(): number {
    return this.proxies.live + (this.wants ? 1 : 0);
  }

  // Sleeper.

  pinned(): boolean {
    if (sched.p.runq.length > 0 || sched.globalq.length > 0) return true;
    return sched.timers.next() <= sched.host.now();
  }

  queued(): number {
    return this.queues.queued();
  }

  mayStart(): number {
    const { mem, group } = this;
    const { starts } = this.world;
    if (starts === "never") return May.WakeOther;
    if (this.tasks.waits > 0) return May.Wait;
    if (starts === "last") return this.allBusy() ? May.Yes : May.WakeOther;
    const others = ops.load(mem, w.NSPINNING) - (group.spinning ? 1 : 0);
    if (others <= 0 && ops.load(mem, w.NMIDLE) === 0 && ops.load(mem, w.STARTING) === 0) return May.Yes;
    const live = ops.peek(mem, group.slot + w.M_LIVE);
    return live === 0 ? May.Yes : this.share(live, others > 0);
  }

  // Every worker there can be holds a P.
  private allBusy(): boolean {
    const { mem } = this;
    const workers = ops.load(mem, w.NWORKERS);
    if (roomForWorker(mem) || ops.load(mem, w.STARTING) > 0) return false;
    const busy = this.group.procs - ops.load(mem, w.NPIDLE) - (this.group.p < 0 ? 0 : 1);
    return busy >= workers;
  }

  // While somebody else is idle, looks for work or starts, no M takes more than its share of the live portables.
  private share(live: number, spinners: boolean): number {
    const { mem } = this;
    const starting = ops.load(mem, w.STARTING);
    let all = this.queues.queued();
    let workers = starting;
    let idleHasFewer = false;
    const ms = ops.load(mem, w.NMS);
    for (let m = 1; m < ms; m++) {
      const state = ops.load(mem, w.mSlot(m) + w.M_STATE);
      if (state === w.MState.None) continue;
      const lives = ops.peek(mem, w.mSlot(m) + w.M_LIVE);
      all += lives;
      workers++;
      if (state === w.MState.Idle && m !== this.m && lives < live) idleHasFewer = true;
    }
    if (live < Math.ceil(all / workers)) return May.Yes;
    if (idleHasFewer) return May.WakeOther;
    return starting > 0 || spinners ? May.Wait : May.Yes;
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
    if (this.m === 0) {
      ops.add(this.mem, w.NEED, 1);
      this.world.startWorker();
    } else askForWorker();
  }

  /** A ping has arrived: for hosts without waitAsync. */
  pinged(): void {
    this.parker.pinged();
  }

  // Reach.

  cancelFar(record: number): void {
    const { mem } = this;
    const cell = this.arena.allocate(64);
    ops.poke(mem, cell + MAIL_KIND, Mail.Cancel);
    ops.poke(mem, cell + MAIL_BODY, ops.load(mem, record + rec.FAR_AT));
    ops.poke(mem, cell + MAIL_BODY + 1, ops.load(mem, record + rec.ID));
    sendMail(ops.load(mem, record + rec.RUNNER) - 1, cell);
  }

  forget(g: RemoteG): void {
    this.proxies.remove(g);
    this.held(-1);
  }

  // Mail.

  /** Any point of the owner thread. Pushes a cell into M m's inbox and wakes it. */
  post(m: number, cell: number): void {
    if (sched.trace !== null) sched.trace.event(Ev.MailSend, 0, 0, 0, m);
    const first = push(this.mem, w.mSlot(m) + w.M_INBOX, cell);
    if (m === this.m) kick();
    else if (first) unpark(this.mem, w.mSlot(m) + w.M_PARK, () => this.ping(m));
  }

  held(change: 1 | -1): void {
    const before = this.holds;
    this.holds += change;
    if (before === 0) this.world.held(true);
    else if (this.holds === 0) this.world.held(false);
  }

  private deliver(): void {
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

  private completed(r: number): void {
    const { mem } = this;
    const g = this.proxies.get(ops.peek(mem, r + rec.HOME_AT));
    const how = ops.peek(mem, r + rec.SHAPE);
    const value = this.codec.takeSlot(r + rec.VALUE);
    const mine = g !== null && g.record === r;
    this.arena.free(r);
    if (!mine) return;
    this.forget(g);
    g.settle(how, how === GoEndWhy.Panic ? revive(value) : value);
  }

  private cancelHere(cell: number): void {
    const at = ops.peek(this.mem, cell + MAIL_BODY);
    const id = ops.peek(this.mem, cell + MAIL_BODY + 1);
    this.arena.free(cell);
    const g = this.far.get(at);
    if (g !== null && (g.id | 0) === id) g.cancel();
  }

  private control(cell: number): void {
    const { mem } = this;
    const what = ops.peek(mem, cell + CONTROL_WHAT);
    const m = ops.peek(mem, cell + CONTROL_M);
    const cause = what === Control.Died ? revive(this.codec.takeSlot(cell + CONTROL_CAUSE)) : undefined;
    this.arena.free(cell);
    if (what === Control.Died) this.died(m, cause);
    else this.world.startWorker();
  }

  /** Scheduler side. M m is no more: ends what only it could have ended here. */
  died(m: number, cause: unknown): void {
    const { mem } = this;
    bury(mem, m);
    for (const g of this.proxies.all()) {
      if (ops.load(mem, g.record + rec.RUNNER) !== m + 1) continue;
      const state = ops.load(mem, g.record + rec.STATE);
      if (state === rec.State.Queued) this.requeue(g.record);
      // Done: what it ended with was on its way here, and has come.
      else if (state === rec.State.Started) this.lose(g, `M${m}, which ran it, is gone`, cause);
    }
  }

  // The dead had taken it from a queue, and was still importing its module.
  private requeue(record: number): void {
    ops.store(this.mem, record + rec.RUNNER, 0);
    this.queues.put(record);
    wakeP(this.group, this);
  }

  /** Owner thread only. g's goroutine will never be heard of. Its record stays, since words elsewhere may name it. */
  lose(g: RemoteG, why: string, cause: unknown): void {
    const err = new ThreadLostError(`${g} was lost: ${why}`);
    if (cause !== undefined) Object.defineProperty(err, "cause", { value: cause, configurable: true, writable: true });
    this.forget(g);
    g.settle(GoEndWhy.Panic, err);
  }

  // Records.

  private startHere(r: number): FarG | null {
    const { mem, tasks } = this;
    const name = ops.peek(mem, r + rec.NAME);
    const portable = tasks.find(name);
    ops.poke(mem, r + rec.RUNNER, this.m + 1);
    if (portable === null && tasks.errorOf(name) === null) {
      tasks.wait(name, r);
      return null;
    }
    const at = this.far.next();
    ops.poke(mem, r + rec.FAR_AT, at);
    if (ops.compareExchange(mem, r + rec.STATE, rec.State.Queued, rec.State.Started) !== rec.State.Queued) {
      rec.dropRecord(this.arena, this.codec, r);
      return null;
    }
    let args: readonly unknown[];
    try {
      args = rec.takeArgs(mem, this.codec, r);
    } catch (err) {
      this.sendHome(r, GoEndWhy.Panic, err);
      return null;
    }
    if (portable === null) {
      this.sendHome(r, GoEndWhy.Panic, tasks.errorOf(name));
      return null;
    }
    const id = ops.peek(mem, r + rec.ID) >>> 0;
    const program = this.programs.of(ops.peek(mem, r + rec.PROGRAM));
    const parent = ops.peek(mem, r + rec.PARENT) >>> 0;
    const g = new FarG(id, portable, args, program, parent, r, at, this.onEnd);
    this.far.add(g);
    this.group.count(w.M_LIVE, 1);
    this.group.count(w.M_STARTED, 1);
    return g;
  }

  private imported(records: readonly number[]): void {
    for (const r of records) {
      const g = this.startHere(r);
      if (g !== null) runqput(g, false);
    }
  }

  private farEnded(g: FarG): void {
    this.far.remove(g);
    this.group.count(w.M_LIVE, -1);
    this.sendHome(g.record, g.how, g.how === GoEndWhy.Cancelled ? undefined : g.value);
  }

  private sendHome(r: number, how: number, value: unknown): void {
    const { mem, codec } = this;
    let why = how;
    if (how === GoEndWhy.Panic) encodeError(codec, value, r + rec.VALUE);
    else
      try {
        codec.encodeSlot(value, r + rec.VALUE, "result");
      } catch (err) {
        why = GoEndWhy.Panic;
        encodeError(codec, err, r + rec.VALUE);
      }
    ops.poke(mem, r + rec.SHAPE, why);
    // Order matters: publishes the result; pairs with the home M's status.
    ops.store(mem, r + rec.STATE, rec.State.Done);
    this.post(ops.peek(mem, r + rec.HOME), r);
  }

  // The M's own life.

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
    const wants = ops.load(this.mem, this.group.slot + w.M_STATE) === w.MState.Wanting;
    sched.trace?.event(Ev.MPark, wants ? 1 : 0, 0, 0, 0);
    if (!wants || this.wants) return;
    this.wants = true;
    this.held(1);
  }

  private sample(): void {
    const trace = sched.trace as NonNullable<typeof sched.trace>;
    const { p } = this.group;
    trace.stamp();
    trace.event(Ev.Metric, Metric.Runq, 0, 0, sched.p.runq.length + sched.globalq.length);
    if (p >= 0) trace.event(Ev.Metric, Metric.Spawnq, 0, 0, this.queues.of(p).length);
    trace.event(Ev.Metric, Metric.GlobalRunq, 0, 0, ops.load(this.mem, w.NGLOBAL));
  }

  private stop(): boolean {
    this.world.stopped();
    return false;
  }

  // Looks at mail and queues for a while before it goes to sleep: waking costs more than that. True if there is some.
  private spinForWork(): boolean {
    if (!this.world.spins) return false;
    const { mem, inbox } = this;
    const trace = sched.trace;
    trace?.event(Ev.MSpinBegin, 0, 0, 0, 0);
    this.group.count(w.M_SPINS, 1);
    let found = false;
    for (let i = 1; i <= this.spins && !found; i++) {
      found = ops.load(mem, inbox) !== 0 || ((i & 15) === 0 && this.queued() > 0 && this.mayStart() === May.Yes);
      ops.pause();
    }
    this.spins = found ? MAX_SPINS : Math.max(MIN_SPINS, this.spins >> 1);
    trace?.stamp();
    trace?.event(Ev.MSpinEnd, found ? 1 : 0, 0, 0, 0);
    return found;
  }

  private traceTake(): void {
    const trace = sched.trace;
    const { got, from } = this.queues;
    if (trace === null || got === 0) return;
    trace.stamp();
    if (from < 0) trace.event(Ev.GlobGet, 0, 0, 0, got);
    else trace.event(Ev.RunqSteal, 0, from, 0, got);
  }
}

function wake(): void {
  sched.trace?.stamp();
  passFresh();
}
