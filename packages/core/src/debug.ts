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

function traceEvery(parts: Handed, ms: number, detail: boolean): void {
  const { sched } = parts;
  const { host } = sched;
  const start = host.now();
  const tick = (): void => {
    // Of several threads, the main one speaks.
    if (sched.m.id === 0) host.print(schedTrace(parts, host.now() - start, detail));
    host.later(ms, tick);
  };
  tick();
}

/** The scheduler's state in Go's words (go#181-182). */
export function schedTrace(parts: Handed, ms: number, detail: boolean): string {
  const { sched } = parts;
  const { p, m, globalq, timers } = sched;
  const idle = m.curg === null && p.runq.length + globalq.length === 0 ? 1 : 0;
  const head = `SCHED ${Math.round(ms)}ms: gomaxprocs=${sched.peers?.gomaxprocs() ?? 1} idleprocs=${idle} threads=1 spinningthreads=0 needspinning=0 idlethreads=${idle} runqueue=${globalq.length}`;
  if (!detail) return `${head} [ ${p.runq.length} ] schedticks=[ ${p.schedtick} ]`;
  const curg = m.curg === null ? "nil" : String(m.curg.id);
  const lines = [
    `${head} gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false`,
    `  P${p.id}: status=${idle === 1 ? 0 : 1} schedtick=${p.schedtick} syscalltick=0 m=${m.id} runqsize=${p.runq.length} gfreecnt=0 timerslen=${timers.length}`,
    `  M${m.id}: p=${p.id < 0 ? "nil" : p.id} curg=${curg} mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=${idle === 1} lockedg=nil`,
  ];
  for (const program of [sched.ambient, ...sched.programs]) for (const g of program) lines.push(gLine(parts, g));
  return lines.join("\n");
}

/** Go's numbers of our statuses. */
const GO_STATUS: Readonly<Record<GStatus, number>> = { runnable: 1, running: 2, waiting: 4, dead: 6 };

function gLine({ sched }: Handed, g: G): string {
  const { status } = g;
  const reason = status === "waiting" && g.op !== null ? waitReasonText(g.op.reason) : "";
  const on = status === "running" ? String(sched.m.id) : "nil";
  return `  G${g.id}: status=${GO_STATUS[status]}(${reason}) m=${on} lockedm=nil`;
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
