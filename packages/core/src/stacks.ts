// stacks() and goroutines(): what is alive, and why it does not run (go#177-179).

import { collector } from "./collector.ts";
import type { G } from "./g.ts";
import { Fcancelled, Fsystem, type GStatus, Gwaiting } from "./g-status.ts";
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
  list.sort((a, b) => (a === first ? -1 : b === first ? 1 : a.id - b.id));
  return list.map((g) => dump(g, names)).join("\n\n");
}

/** Frames that a dump shows of one goroutine. */
const MAX_FRAMES = 50;

// Bodies, innermost first; where in them it stands, a generator does not tell.
function dump(g: G, names: ReadonlyMap<number, string>): string {
  const state = g.statusCode === Gwaiting ? reasonOf(g) : g.status;
  const cancelled = (g.flags & Fcancelled) !== 0 ? ", cancelled" : "";
  const lines = [`goroutine ${g.id} [${state}${cancelled}]:`];
  let frames = 0;
  for (let f = g.stack; f !== null; f = f.up)
    if (++frames < MAX_FRAMES) lines.push(`${f.callee || "(anonymous)"}(...)`);
  if (frames >= MAX_FRAMES) lines.push(`...${frames - MAX_FRAMES + 1} additional frames elided...`);
  lines.push(`${g.name}(...)`);
  if (g.parent !== 0) {
    lines.push(`created by ${names.get(g.parent) ?? "one that has ended"} in goroutine ${g.parent}`);
    if (g.side?.site !== undefined) lines.push(`\t${g.side.site}`);
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
