// The main M's side: sets the group up, starts its workers, ends it.

import { MisuseError, type Op, until } from "@gr/core";
import { expected, kick, loadLeft, OpBase, sched, type Waiter, WaitQueue } from "@gr/core/internal";
import { attached, createMemory, crossingModules, DEFAULT_MEMORY_BYTES, type Memory, ops, unpark } from "@gr/shm";
import { type Bus, isObjectMessage, type ObjectMessage, StarterBus, TreeBus } from "./bus.ts";
import { Group } from "./group.ts";
import { handed } from "./handed.ts";
import { joinGroup, leaveGroup } from "./join-group.ts";
import { later } from "./later.ts";
import * as w from "./layout.ts";
import type { MWorld } from "./m-world.ts";
import { MainPeers } from "./main-peers.ts";
import type { Message } from "./messages.ts";
import * as n from "./numbers.ts";
import { ObjectTable } from "./object-table.ts";
import { resize } from "./procs.ts";
import { statsOf, type ThreadsStats } from "./stats.ts";
import type { Platform } from "./thread.ts";
import { nodePlatform } from "./thread-node.ts";
import { webPlatform } from "./thread-web.ts";
import { offerTraces } from "./trace.ts";
import { Workers } from "./workers.ts";

export interface ThreadsOptions {
  /** Number of Ps: how many goroutines execute at once. Default: GOMAXPROCS in the environment, else the cores. */
  readonly procs?: number | undefined;
  /** Most threads, main included. Default 64, which is the limit: a thread costs some 10 MB. */
  readonly maxThreads?: number | undefined;
  /** Makes a worker from the application's own file, which calls serve(…). Needed with a bundler. */
  readonly worker?: (() => unknown) | undefined;
  /** Node: limits of each worker's heap and stack. */
  readonly resourceLimits?: Readonly<Record<string, number>> | undefined;
  /** Milliseconds of sleep after which a worker beyond `procs` ends. Default 10,000. */
  readonly idleTimeoutMs?: number | undefined;
  /** False: portables never start on the main thread. In browsers they never do. */
  readonly mainRuns?: boolean | undefined;
  /** Most portables in flight, started here and not ended; go() throws beyond. Default: no limit but memory. */
  readonly maxQueue?: number | undefined;
  /** Size of the shared memory. Reserved at once, used as touched. Default 256 MB. */
  readonly memoryBytes?: number | undefined;
}

/** Milliseconds from the first worker to sysmon, which costs as much: a program that is over by then does without. */
const SYSMON_MS = 20;
/** Milliseconds of sleep before a worker that is one too many ends (retire.ts). */
const IDLE_MS = 10_000;
/** Milliseconds that close() waits for workers to end by themselves. */
const CLOSE_MS = 50;

export interface Threads extends AsyncDisposable {
  /** Ends the workers; goroutines that run there end with ThreadLostError. A second close does nothing. */
  close(): Op<void>;
  stats(): ThreadsStats;
}

/**
 * Starts the program's threads: from now on portable goroutines run on all of them. Blocks only while packages load what
 * they left for when there are threads (shared channels), and starts no worker before the first portable. Without shared memory (a page that is not cross-origin isolated) everything stays
 * on this thread, and a warning says so.
 * @throws MisuseError if threads are started already, or in a worker; RangeError for options out of range
 */
export function startThreads(options: ThreadsOptions = {}): Op<Threads> {
  check(options);
  return new StartOp(options) as unknown as Op<Threads>;
}

class StartOp extends OpBase<Threads> {
  private readonly options: ThreadsOptions;
  private readonly waiters: WaitQueue;

  constructor(options: ThreadsOptions) {
    super();
    this.options = options;
    this.waiters = new WaitQueue();
  }
  get reason(): number {
    return n.WaitIO;
  }
  override hostWakes(): boolean {
    return true;
  }
  poll(): boolean {
    if (sched.importing !== null && sched.m.curg === null) {
      // The top level of a module that is imported for its portables is never to go on.
      sched.importing();
      return false;
    }
    const platform = startable();
    if (sched.host.env("GRDEBUG") && debugGroup === null) sched.loads.add(loadDebug);
    const loading = platform === null ? null : loadLeft();
    if (loading !== null) {
      loading.then(
        () => this.loaded(null),
        (err: unknown) => this.loaded({ err }),
      );
      return false;
    }
    sched.done.value = start(platform, this.options) as never;
    return true;
  }
  enqueue(w: Waiter): void {
    w.value = null;
    this.waiters.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.waiters.remove(w);
  }
  override finish(w: Waiter): Threads {
    const failure = w.value as Failure | null;
    w.value = undefined;
    if (failure !== null) throw failure.err;
    return start(startable(), this.options);
  }
  private loaded(failure: Failure | null): void {
    for (let w = this.waiters.dequeue(); w !== null; w = this.waiters.dequeue()) {
      w.value = failure;
      w.party.wake(w);
    }
  }
}

/** What GRDEBUG asks for, once it has been loaded; null if it asks for nothing. */
let debugGroup: typeof import("./group-debug.ts").debugGroup | null = null;

async function loadDebug(): Promise<void> {
  debugGroup = (await import("./group-debug.ts")).debugGroup;
}

interface Failure {
  readonly err: unknown;
}

function check({ procs, maxThreads, maxQueue, idleTimeoutMs }: ThreadsOptions): void {
  const whole = (name: string, n: number | undefined, max: number): void => {
    if (n !== undefined && (!Number.isInteger(n) || n < 1 || n > max))
      throw new RangeError(expected("startThreads", `${name} to be an integer from 1 to ${max}`, n));
  };
  whole("procs", procs, w.MAX_PS);
  whole("maxThreads", maxThreads, w.MAX_THREADS);
  whole("idleTimeoutMs", idleTimeoutMs, 2 ** 31 - 1);
  whole("maxQueue", maxQueue, Number.MAX_SAFE_INTEGER);
}

// The platform; null if there can be one thread only.
function startable(): Platform | null {
  if (sched.peers !== null || attached() !== null) throw new MisuseError("startThreads: threads are started already");
  return nodePlatform() ?? webPlatform();
}

function start(platform: Platform | null, options: ThreadsOptions): Threads {
  if (platform === null) {
    sched.host.warn(
      "threads: this page has no shared memory (it is not cross-origin isolated): all goroutines run on one thread",
    );
    return new OneThread();
  }
  return new Group0(platform, options);
}

/** What startThreads gives where there can be one thread only. */
class OneThread implements Threads {
  close(): Op<void> {
    return until(Promise.resolve());
  }
  stats(): ThreadsStats {
    return {
      procs: 1,
      idleProcs: 0,
      threads: 1,
      idleThreads: 0,
      stuck: 0,
      spinning: 0,
      sysmon: "none",
      globalQueue: 0,
      sharedObjects: 0,
      sharedChannels: 0,
      ms: [],
      ps: [],
    };
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}

function envProcs(): number | undefined {
  const { host } = sched;
  const n = Number(host.env("GRMAXPROCS") ?? host.env("GOMAXPROCS"));
  return Number.isInteger(n) && n >= 1 ? n : undefined;
}

let lines = 0;

/** A name for the group's line of shared objects; empty if the host has none that delivers at once. */
function instantLine(platform: Platform): string {
  const name = `gr objects ${performance.timeOrigin} ${Math.random()} ${++lines}`;
  let got = false;
  const ends = [platform.bus(name, () => {}), platform.bus(name, () => (got = true))];
  ends[0]?.post({ gr: "want", ids: [] });
  ends[1]?.drain();
  for (const end of ends) end?.close();
  return got ? name : "";
}

type Deaths = Pick<typeof import("./deaths.ts"), "goneM" | "heardOfDeath">;

class Group0 implements Threads {
  private readonly platform: Platform;
  private readonly memory: Memory;
  private readonly peers: MainPeers;
  private readonly workers: Workers;
  private readonly objects: ObjectTable;
  private tree: TreeBus | null;
  private watcher: (() => void) | null;
  private closing: Promise<void> | null;
  private allGone: (() => void) | null;
  private last: ThreadsStats | null;
  /** One death after the other. */
  private mourning: Promise<void>;
  private readonly untrace: () => void;

  constructor(platform: Platform, options: ThreadsOptions) {
    const procs = Math.min(options.procs ?? envProcs() ?? platform.cores, w.MAX_PS);
    const maxThreads = options.maxThreads ?? w.MAX_THREADS;
    this.platform = platform;
    this.watcher = null;
    this.closing = null;
    this.allGone = null;
    this.last = null;
    this.tree = null;
    this.mourning = Promise.resolve();
    this.memory = createMemory(options.memoryBytes ?? DEFAULT_MEMORY_BYTES);
    const bus = instantLine(platform);
    this.workers = new Workers(
      platform,
      this.memory,
      {
        make: options.worker ?? null,
        resourceLimits: options.resourceLimits,
        idleMs: options.idleTimeoutMs ?? IDLE_MS,
      },
      // An application's own worker file brings its packages itself; importing their chunks by URL could run the page.
      () => (options.worker === undefined ? crossingModules() : []),
      () => ({ bus, objects: this.objects.known() }),
      (message, m) => this.message(message, m),
      (m, error) => this.gone(m, error),
    );
    const mem = this.memory.i32;
    const lists = new Group(mem, 0, { canBlock: platform.mainBlocks });
    this.objects = new ObjectTable(lists, (told) => this.openBus(bus, told));
    mem[w.NMS] = 1;
    mem[w.NEXT_ID] = sched.nextId;
    mem[w.WORKER_LIMIT] = maxThreads - 1;
    const mayRun = options.mainRuns !== false && platform.mainBlocks;
    const world: MWorld = {
      canBlock: platform.mainBlocks,
      starts: maxThreads === 1 ? "yes" : mayRun ? "last" : "never",
      maxQueue: options.maxQueue ?? Number.POSITIVE_INFINITY,
      objects: this.objects,
      import: (url) => import(/* @vite-ignore */ /* webpackIgnore: true */ url),
      ping: (m) => this.ping(m),
      startWorker: () => this.startNeeded(),
      startThread: (m, record) => this.workers.start(m, record),
      terminate: (m) => this.workers.terminate(m, this.peers.arena.lockWord),
      slept() {},
      broken: (err) => this.broken(err),
      stopped() {},
      held: (on) => platform.hold(on),
      loosen: null,
    };
    this.peers = joinGroup(this.memory, 0, world, (arena, codec) => new MainPeers(this.memory, arena, codec, world));
    const { arena, codec } = this.peers;
    this.untrace = offerTraces(this.memory, codec);
    resize(this.peers.group, arena, procs);
    this.peers.onDeath = (m, place, cause) =>
      this.mourn(({ heardOfDeath }) => heardOfDeath(handed, this.peers, m, place, cause));
    this.takeFirstP();
    if (debugGroup?.(handed, this.peers, () => this.stats()) === true) {
      this.watcher = () => {};
      this.workers.start(w.SYSMON);
    }
  }

  private openBus(name: string, told: (message: ObjectMessage) => void): Bus {
    const line = name === "" ? null : this.platform.bus(name, told);
    if (line !== null) return new StarterBus(line, this.workers);
    this.tree = new TreeBus(told, this.workers);
    return this.tree;
  }

  private takeFirstP(): void {
    const s = this.peers.group;
    s.lock();
    const p = s.popIdleP();
    s.takeP(p);
    s.unlock();
    sched.p.id = p;
    // A pass gives the P back if there is nothing to run.
    kick();
  }

  stats(): ThreadsStats {
    return this.last ?? statsOf(this.peers.group, this.peers.queues);
  }

  private startNeeded(): void {
    if (this.closing !== null) return;
    this.workers.startNeeded();
    if (this.watcher === null && this.platform.watches)
      this.watcher = later(SYSMON_MS, () => this.workers.start(w.SYSMON));
  }

  private message(message: Message, from: number): void {
    if (isObjectMessage(message)) this.tree?.received(message, from);
    else if (message.gr === "need") this.startNeeded();
    else if (message.gr === "gone") this.gone(message.m, message.error);
    else if (message.gr === "ping") {
      if (message.to === 0) this.peers.pinged();
      else this.ping(message.to);
    }
  }

  private ping(m: number): void {
    // One that sysmon has started is reached through it.
    if (!this.workers.ping(m)) this.workers.threads.get(w.SYSMON)?.post({ gr: "ping", to: m });
  }

  private gone(m: number, error: unknown): void {
    if (this.closing !== null) {
      if (this.workers.threads.size === 0) this.allGone?.();
      return;
    }
    this.mourn(({ goneM }) => goneM(handed, this.peers, m, error));
  }

  // One after the other, in the order in which main hears of them.
  private mourn(act: (deaths: Deaths) => void): void {
    this.peers.unheard++;
    this.mourning = this.mourning.then(() =>
      import("./deaths.ts").then(
        ({ goneM, heardOfDeath }) => {
          this.peers.unheard--;
          if (this.closing !== null) return;
          act({ goneM, heardOfDeath });
          kick();
        },
        (err) => this.broken(err),
      ),
    );
  }

  // What runs elsewhere could wait for ever; what is started from now on runs here.
  private broken(err: unknown): void {
    if (this.closing !== null) return;
    sched.host.warn(`threads: closed, because a part cannot be loaded: ${err}`);
    void this.shutdown();
  }

  close(): Op<void> {
    return until(() => this.shutdown());
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  private shutdown(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const mem = this.memory.i32;
    this.last = statsOf(this.peers.group, this.peers.queues);
    ops.store(mem, w.STOP, 1);
    const ms = ops.load(mem, w.NMS);
    for (let m = 1; m < ms; m++) unpark(mem, w.mSlot(m) + w.M_PARK, () => this.peers.ping(m));
    this.watcher?.();
    unpark(mem, w.SYS_PARK, () => this.ping(w.SYSMON));
    this.peers.home.loseAll("the threads were closed");
    this.untrace();
    leaveGroup();
    sched.m.look = null;
    this.objects.close();
    kick();
    if (this.workers.threads.size === 0) return;
    this.platform.hold(true);
    const gone = new Promise<void>((resolve) => {
      this.allGone = resolve;
    });
    const patience = setTimeout(() => {
      for (const thread of this.workers.threads.values()) void thread.terminate();
    }, CLOSE_MS);
    await gone;
    clearTimeout(patience);
    this.platform.hold(false);
  }
}
