// What dumps and deadlock reports show of a goroutine, as plain data, and Go's format for it (go#177-178).

import type { G } from "./g.ts";
import type * as Status from "./g-status.ts";
import type { Program } from "./program.ts";
import type { Wait } from "./wait-reason.ts";
import { waitReasonText } from "./wait-words.ts";

// g-status.ts is in every program, and may not be imported (see rare.ts): the types keep the two from differing. A
// goroutine that runs elsewhere counts as waiting here, whatever its status is.
export const Gwaiting: typeof Status.Gwaiting = 3;
export const Gdead: typeof Status.Gdead = 4;
const Fcancelled: typeof Status.Fcancelled = 64;
const Join: typeof Wait.Join = 15;
const Scope: typeof Wait.Scope = 16;

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
  const { id, name, op, parent, status } = g;
  const frames: string[] = [];
  let n = 0;
  for (let f = g.side?.stack ?? null; f !== null; f = f.up)
    if (++n < MAX_FRAMES) frames.push(`${f.callee || "anonymous"}(...)`);
  if (n >= MAX_FRAMES) frames.push(`...${n - MAX_FRAMES + 1} additional frames elided...`);
  frames.push(`${name}(...)`);
  const waiting = g.statusCode === Gwaiting;
  return {
    id,
    name,
    m: 0,
    state: `${waiting ? reasonOf(g) : status}${(g.flags & Fcancelled) !== 0 ? ", cancelled" : ""}`,
    frames,
    parent,
    site: g.side?.site,
    waits: op === null ? status : op.describe(waitReasonText),
    joins: waiting && (op?.reason === Join || op?.reason === Scope) ? op.object : 0,
  };
}

/** Why a waiting goroutine waits, in Go's words. */
export function reasonOf(g: G): string {
  return g.op === null ? "" : waitReasonText(g.op.reason);
}

/** What the goroutines of a program on this thread wait for. */
export function recordsOf(p: Program): GoroutineRecord[] {
  return [...p].filter((g) => g.statusCode !== Gdead).map(recordOf);
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
