// stacks() and goroutines(): what is alive, and why it does not run (go#177-179).

import { collector } from "./collector.ts";
import type { G } from "./g.ts";
import { Fcancelled, Fsystem, type GStatus, Gwaiting } from "./g-status.ts";
import { JoinOp } from "./join.ts";
import { goroutinesOf, type Program } from "./program.ts";
import { sched } from "./sched.ts";
import { waitReasonText } from "./wait-reason.ts";

/** One line of goroutines(). */
export interface GoroutineInfo {
  readonly id: number;
  readonly name: string;
  readonly status: GStatus;
  /** Why it waits, in Go's words; undefined unless status is "waiting". */
  readonly waitReason: string | undefined;
  /** Id of the goroutine that started it; 0 outside. */
  readonly parent: number;
  /** Where it was started, if sites are recorded. */
  readonly site: string | undefined;
  /** A goroutine of the runtime. */
  readonly system: boolean;
}

function* all(): Generator<G> {
  for (const p of [sched.ambient, ...sched.programs]) yield* goroutinesOf(p);
}

/** The live goroutines of this thread, oldest first; with `system`, the runtime's own too (g0 is the scheduler's side of the thread). */
export function goroutines(options: { readonly system?: boolean | undefined } = {}): GoroutineInfo[] {
  const list: GoroutineInfo[] = [];
  if (options.system === true) collector();
  for (const g of all()) {
    const system = (g.flags & Fsystem) !== 0;
    if (!system || options.system === true) list.push(info(g, system));
  }
  if (options.system === true) list.push(g0());
  return list.sort((a, b) => a.id - b.id);
}

function info(g: G, system: boolean): GoroutineInfo {
  const waiting = g.statusCode === Gwaiting;
  return {
    id: g.id,
    name: g.name,
    status: g.status,
    waitReason: waiting ? reasonOf(g) : undefined,
    parent: g.parent,
    site: g.side?.site,
    system,
  };
}

function g0(): GoroutineInfo {
  const status = sched.m.curg === null ? "running" : "waiting";
  return {
    id: 0,
    name: `g0 of M${sched.m.id}`,
    status,
    waitReason: undefined,
    parent: 0,
    site: undefined,
    system: true,
  };
}

function reasonOf(g: G): string {
  return g.op === null ? "" : waitReasonText(g.op.reason);
}

/** A dump of all goroutines of this thread in Go's format, the running one first. */
export function stacks(): string {
  return stacksOf(sched.m.curg, null);
}

/** The dump of one program, or of all; `first` leads. */
export function stacksOf(first: G | null, program: Program | null): string {
  const living = [...all()];
  const names = new Map(living.map((g) => [g.id, g.name]));
  const list = living.filter((g) => (program === null || g.program === program) && (g.flags & Fsystem) === 0);
  return dumpOf(list.map(recordOf), first?.id ?? 0, names);
}

/** A goroutine as dumps and reports show it. Plain data: it may come from another thread. */
export interface GoroutineRecord {
  readonly id: number;
  readonly name: string;
  /** The thread that it is on; 0 if that is the reader's own. */
  readonly m: number;
  /** What stands in the brackets of a dump. */
  readonly state: string;
  /** Bodies that it is in, innermost first, as far as a dump shows them. */
  readonly frames: readonly string[];
  readonly parent: number;
  readonly site: string | undefined;
  /** What it waits for, in words, and the goroutine if it joins one; 0 if not. */
  readonly waits: string;
  readonly joins: number;
}

/** Frames that a dump shows of one goroutine. */
const MAX_FRAMES = 50;

/** Owner thread only. */
export function recordOf(g: G): GoroutineRecord {
  const waiting = g.statusCode === Gwaiting;
  const cancelled = (g.flags & Fcancelled) !== 0 ? ", cancelled" : "";
  const frames: string[] = [];
  let n = 0;
  for (let f = g.stack; f !== null; f = f.up) if (++n < MAX_FRAMES) frames.push(`${f.callee || "anonymous"}(...)`);
  if (n >= MAX_FRAMES) frames.push(`...${n - MAX_FRAMES + 1} additional frames elided...`);
  frames.push(`${g.name}(...)`);
  return {
    id: g.id,
    name: g.name,
    m: 0,
    state: `${waiting ? reasonOf(g) : g.status}${cancelled}`,
    frames,
    parent: g.parent,
    site: g.side?.site,
    waits: g.op === null ? g.status : g.op.describe(),
    joins: waiting && g.op instanceof JoinOp ? g.op.g.id : 0,
  };
}

/** In Go's format, oldest first but for the one with the id `first`. Where in a body it stands, a generator does not tell. */
export function dumpOf(list: readonly GoroutineRecord[], first: number, names: ReadonlyMap<number, string>): string {
  const sorted = [...list].sort((a, b) => (a.id === first ? -1 : b.id === first ? 1 : a.id - b.id));
  return sorted.map((g) => dump(g, names)).join("\n\n");
}

function dump(g: GoroutineRecord, names: ReadonlyMap<number, string>): string {
  const lines = [`goroutine ${g.id} [${g.state}${g.m === 0 ? "" : `, M${g.m}`}]:`, ...g.frames];
  if (g.parent !== 0) {
    lines.push(`created by ${names.get(g.parent) ?? "one that has ended"} in goroutine ${g.parent}`);
    if (g.site !== undefined) lines.push(`\t${g.site}`);
  }
  return lines.join("\n");
}

/**
 * Live goroutines: running, runnable and waiting; at least 1 inside a program (go#10). Over threads those of this M and
 * those it started on others, which have a stand-in here.
 */
export function numGoroutine(): number {
  return sched.live;
}
