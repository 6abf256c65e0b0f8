// GRDEBUG: what the environment asks the runtime to say about itself.
//
//   schedtrace=1000   a line on the scheduler every 1000 ms, in Go's format (go#181)
//   scheddetail=1     with it: a line for each P, M and G (go#182)
//   sites=1           records where goroutines are started; a stack per go() is dear
//   ops=1             reports operations that were made and never used: the forgotten yield*
//   hog=50            @gr/threads: where a thread is that has not come back to its scheduler for 50 ms
//
// Loaded only when GRDEBUG is set. Of the scheduler it imports nothing but types, see docs/decisions/0006: it is handed what it needs.

import type { G } from "./g.ts";
import type { GStatus } from "./g-status.ts";
import type { Handed } from "./handed.ts";
import type { OpBase } from "./op-base.ts";
import { callerOf, siteOf } from "./sites.ts";
import { waitReasonText } from "./wait-words.ts";

/** Goroutines that were started before this was loaded, each with an error that was made then. */
export type Early = [g: G, at: Error][];

/** What GRDEBUG may ask for; hog is for @gr/threads. */
const WORDS = ["schedtrace", "scheddetail", "sites", "ops", "hog"];

/** Any point of the owner thread. Does what GRDEBUG's text asks for. */
export function debug(parts: Handed, text: string, early: Early = []): void {
  const { sched, sideOf } = parts;
  sched.made = sched.opMade = null;
  const asked = new Map(text.split(",").map((part) => part.trim().split("=") as [string, string | undefined]));
  const on = (name: string): boolean => Number(asked.get(name) ?? 0) > 0;
  for (const word of asked.keys())
    if (!WORDS.includes(word))
      sched.host.warn(`GRDEBUG: "${word}" is none of its words, which are ${WORDS.join(", ")}`);
  if (on("sites")) {
    for (const [g, err] of early) sideOf(g).site = siteOf(err);
    sched.made = (g) => {
      sideOf(g).site = siteOf(new Error());
    };
  }
  if (on("ops")) watchOps(parts);
  const everyMs = Number(asked.get("schedtrace") ?? 0);
  if (everyMs > 0) traceEvery(parts, everyMs, on("scheddetail"));
}

/** An M and a P as schedtrace shows them. */
export interface MLook {
  readonly m: number;
  readonly state: string;
  readonly p: number;
  /** Goroutines that waited there to run, as of its last pass. */
  readonly runnable: number;
  readonly steals: number;
  readonly handoffs: number;
  readonly spins: number;
  readonly wakes: number;
}
export interface PLook {
  readonly p: number;
  readonly m: number;
  readonly queued: number;
  readonly ticks: number;
  readonly steals: number;
  readonly handoffs: number;
  readonly spins: number;
  readonly wakes: number;
}

/** What schedtrace shows; with threads it comes from @gr/threads. */
export interface Look {
  readonly ms: number;
  readonly stats: {
    readonly procs: number;
    readonly idleProcs: number;
    readonly threads: number;
    readonly idleThreads: number;
    readonly spinning: number;
    readonly sysmon: string;
    readonly globalQueue: number;
    readonly ms: readonly MLook[];
    readonly ps: readonly PLook[];
  };
  /** The M that runs a goroutine which is not this one's; -1 if none does. */
  runner(g: G): number;
}

function traceEvery(parts: Handed, everyMs: number, detail: boolean): void {
  const { host, m } = parts.sched;
  const start = host.now();
  const tick = (): void => {
    const ms = host.now() - start;
    const look = m.look === null ? alone(parts, ms) : m.look(ms);
    if (look !== null) host.print(schedTrace(parts, look, detail));
    host.later(everyMs, tick);
  };
  tick();
}

/** The one thread. */
export function alone({ sched }: Handed, ms: number): Look {
  const { p, m, globalq } = sched;
  const idle = m.curg === null && p.runq.length + globalq.length === 0;
  const none = { steals: 0, handoffs: 0, spins: 0, wakes: 0 };
  return {
    ms,
    stats: {
      procs: 1,
      idleProcs: idle ? 1 : 0,
      threads: 1,
      idleThreads: idle ? 1 : 0,
      spinning: 0,
      sysmon: "none",
      globalQueue: globalq.length,
      ms: [{ m: 0, state: idle ? "idle" : "awake", p: idle ? -1 : 0, runnable: p.runq.length, ...none }],
      ps: [{ p: 0, m: idle ? -1 : 0, queued: 0, ticks: p.schedtick, ...none }],
    },
    runner: () => -1,
  };
}

/** The scheduler's state in Go's words (go#181-182). */
export function schedTrace(parts: Handed, { ms, stats, runner }: Look, detail: boolean): string {
  const { sched } = parts;
  const { procs, idleProcs, threads, spinning, idleThreads, globalQueue, ps } = stats;
  // What this M knows of itself is newer.
  const runnable = ({ m, runnable: n }: MLook): number =>
    m === sched.m.id && sched.peers !== null ? sched.p.runq.length + sched.globalq.length : n;
  const held = new Map(stats.ms.map((m) => [m.m, runnable(m)]));
  const queued = (p: PLook): number => p.queued + (held.get(p.m) ?? 0);
  const head = `SCHED ${Math.round(ms)}ms: gomaxprocs=${procs} idleprocs=${idleProcs} threads=${threads} spinningthreads=${spinning} needspinning=0 idlethreads=${idleThreads} runqueue=${globalQueue}`;
  if (!detail)
    return `${head} [ ${ps.map(queued).join(" ")} ] schedticks=[ ${ps.map(({ ticks }) => ticks).join(" ")} ]`;
  const lines = [`${head} gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=${stats.sysmon === "asleep"}`];
  for (const p of ps)
    lines.push(
      `  P${p.p}: status=${p.m < 0 ? 0 : 1} schedtick=${p.ticks} syscalltick=0 m=${orNil(p.m)} runqsize=${queued(p)} gfreecnt=0 timerslen=${p.m === sched.m.id ? sched.timers.length : "nil"}${counts(p)}`,
    );
  for (const m of stats.ms)
    lines.push(
      `  M${m.m}: p=${orNil(m.p)} curg=${m.m === sched.m.id ? orNil(sched.m.curg?.id ?? -1) : "nil"} mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=nil blocked=${m.state === "idle" || m.state === "wants a P"} lockedg=nil${counts(m)}`,
    );
  for (const program of [sched.ambient, ...sched.programs])
    for (const g of program) lines.push(gLine(g, g === sched.m.curg ? sched.m.id : runner(g)));
  return lines.join("\n");
}

function orNil(n: number): string {
  return n < 0 ? "nil" : String(n);
}

// Go's lines have no such fields: they come last.
function counts({ steals, handoffs, spins, wakes }: Omit<PLook, "p" | "m" | "queued" | "ticks">): string {
  return ` steals=${steals} handoffs=${handoffs} spins=${spins} wakes=${wakes}`;
}

/** Go's numbers of our statuses. */
const GO_STATUS: Readonly<Record<GStatus, number>> = { runnable: 1, running: 2, waiting: 4, dead: 6 };

function gLine(g: G, m: number): string {
  const { status } = g;
  const reason = status === "waiting" && g.op !== null ? waitReasonText(g.op.reason) : "";
  return `  G${g.id}: status=${GO_STATUS[status]}(${reason}) m=${orNil(m)} lockedm=nil`;
}

/** The watcher, OpBase, its class, the function that makes it. */
const FRAMES_BELOW_OP = 4;

interface Made {
  used: boolean;
  readonly kind: string;
  readonly site: string;
}

// An Op is used through one of three methods of its base: yield* iterates it, await calls then, select and the like
// ask for the OpBase behind it. Joins are left out: a handle need not be joined.
function watchOps({ sched, OpBase, JoinOp }: Handed): void {
  if (sched.opMade !== null) return;
  const { host } = sched;
  const made = new WeakMap<object, Made>();
  const registry = new FinalizationRegistry<Made>(({ used, kind, site }) => {
    if (!used) host.warn(`an operation (${kind}) was made and never used: a forgotten yield*? It was made at ${site}`);
  });
  const use = (op: object): void => {
    const entry = made.get(op);
    if (entry !== undefined) entry.used = true;
  };
  const proto = OpBase.prototype;
  const { asOp, then, [Symbol.iterator]: iterate } = proto;
  Object.assign(proto, {
    asOp(this: OpBase<unknown>) {
      use(this);
      return asOp.call(this);
    },
    then(this: OpBase<unknown>, ...args: Parameters<typeof then>) {
      use(this);
      return then.apply(this, args);
    },
    [Symbol.iterator](this: OpBase<unknown>) {
      use(this);
      return iterate.call(this);
    },
  });
  sched.opMade = (op) => {
    const before = made.get(op);
    if (before !== undefined) return before.site;
    if (op instanceof JoinOp) return "";
    const entry: Made = { used: false, kind: op.constructor.name, site: callerOf(new Error(), FRAMES_BELOW_OP) };
    made.set(op, entry);
    registry.register(op, entry);
    return entry.site;
  };
}
