// stacks() and goroutines(): what is alive, and why it does not run (go#177-180).
//
// Who uses them loads dumps at the start; nobody else does. So this file is none of start.ts.

import "./start-up.ts";

import type { G } from "./g.ts";
import { Fsystem, type GStatus, Gwaiting } from "./g-status.ts";
import { handed } from "./handed.ts";
import { collectorOf } from "./leak-search.ts";
import type { Program } from "./program.ts";
import { dumpOf, reasonOf, recordOf } from "./records.ts";
import { sched } from "./sched.ts";
import type { WaitReason } from "./wait-reason.ts";
import * as words from "./wait-words.ts";

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
  for (const p of [sched.ambient, ...sched.programs]) yield* p;
}

/** The live goroutines of this thread, oldest first; with `system`, the runtime's own too (g0 is the scheduler's side of the thread). */
export function goroutines(options: { readonly system?: boolean | undefined } = {}): GoroutineInfo[] {
  const list: GoroutineInfo[] = [];
  if (options.system === true) collectorOf(handed);
  for (const g of all()) {
    const system = (g.flags & Fsystem) !== 0;
    if (!system || options.system === true) list.push(info(g, system));
  }
  if (options.system === true) list.push(g0());
  return list.sort((a, b) => a.id - b.id);
}

function info(g: G, system: boolean): GoroutineInfo {
  return {
    id: g.id,
    name: g.name,
    status: g.status,
    waitReason: g.statusCode === Gwaiting ? reasonOf(g) : undefined,
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

/**
 * A dump of all goroutines of this thread in Go's format, the running one first. With `counted` those that do the same
 * are one entry with their number, the many first (Go: the goroutine profile).
 */
export function stacks(options: { readonly counted?: boolean | undefined } = {}): string {
  return options.counted === true ? profile() : stacksOf(sched.m.curg, null);
}

function profile(): string {
  const list = [...all()].filter((g) => (g.flags & Fsystem) === 0).map(recordOf);
  const counts = new Map<string, number>();
  for (const { state, frames, site } of list) {
    const lines = site === undefined ? frames : [...frames, `created at ${site}`];
    const stack = `${state}\n${lines.map((line) => `#\t${line}`).join("\n")}`;
    counts.set(stack, (counts.get(stack) ?? 0) + 1);
  }
  const entries = [...counts].sort(([, a], [, b]) => b - a).map(([stack, n]) => `${n} @ ${stack}`);
  return [`goroutine profile: total ${list.length}`, ...entries].join("\n\n");
}

/** The dump of one program, or of all; `first` leads. */
export function stacksOf(first: G | null, program: Program | null): string {
  const living = [...all()];
  const names = new Map(living.map((g) => [g.id, g.name]));
  const list = living.filter((g) => (program === null || g.program === program) && (g.flags & Fsystem) === 0);
  return dumpOf(list.map(recordOf), first?.id ?? 0, names);
}

/** The text of a wait reason, for siblings. Defined here: handed on, it would be loaded at the start. */
export function waitReasonText(reason: WaitReason): string {
  return words.waitReasonText(reason);
}
