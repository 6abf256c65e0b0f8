// What is said of goroutines that do not end as they should. A part of rare.ts.

import type { G } from "./g.ts";
import type { LeakedGoroutine, LeakReport } from "./leaks.ts";
import type { Program } from "./program.ts";
import { Gwaiting } from "./records.ts";
import type { Sched } from "./sched.ts";
import type { CLEANUP_BUDGET_MS as BudgetMs, MAX_SWALLOWED as MaxSwallowed } from "./unwind.ts";
import { waitReasonText } from "./wait-words.ts";

/** Goroutines that a report lists. */
const MAX_LINES = 20;

const BUDGET_MS: typeof BudgetMs = 1000;
const MAX_SWALLOWED: typeof MaxSwallowed = 8;

export function cleanupCut({ host }: Sched, g: G): void {
  host.warn(`${g} is unwound, and its cleanup took over ${BUDGET_MS} ms: its operations fail from now on`);
}

export function abandoned({ host }: Sched, g: G): void {
  host.warn(
    `${g} was cancelled and caught its unwinding ${MAX_SWALLOWED} times and more: it is abandoned, and its remaining finally blocks will not run`,
  );
}

/** A program has an error already; a second one must not get lost. */
export function alsoFailed({ host }: Sched, err: unknown): void {
  const text = err instanceof Error ? (err.stack ?? err.message) : String(err);
  host.warn(`run: another error, after the one that ended the program: ${text}`);
}

/** An async function was cancelled: it cannot be stopped, only named, until it ends. */
export function detach(p: Program, g: G, promise: PromiseLike<unknown>): void {
  const waitReason = "an async function, which cannot be cancelled and runs on";
  const entry = { id: g.id, name: g.name, waitReason, site: undefined };
  p.detached ??= new Set();
  p.detached.add(entry);
  const forget = (): void => void p.detached?.delete(entry);
  promise.then(forget, forget);
}

/** Scheduler side. p waits no longer for those that are left: by name, and by what they do. */
export function unended(sched: Sched, p: Program): void {
  const goroutines: LeakedGoroutine[] = [];
  const lines: string[] = [];
  for (const g of p) {
    const waitReason = g.statusCode === Gwaiting && g.op !== null ? g.op.describe(waitReasonText) : g.status;
    goroutines.push({ id: g.id, name: g.name, waitReason, site: g.side?.site });
    lines.push(`  ${g}: ${waitReason}`);
  }
  const others = p.live - lines.length;
  if (others > 0) lines.push(`  and others on ${others} thread(s)`);
  for (const g of p.detached ?? []) {
    goroutines.push(g);
    lines.push(`  goroutine ${g.id} (${g.name}): ${g.waitReason}`);
  }
  // They may have ended meanwhile.
  if (lines.length === 0) return;
  if (lines.length > MAX_LINES) lines.splice(MAX_LINES, lines.length, `  and ${lines.length - MAX_LINES} more`);
  const text = `run: ${goroutines.length} goroutine(s) did not end within a second after main returned:\n${lines.join("\n")}`;
  tell(sched, p, { kind: "unended", goroutines, text });
}

/** The engine has collected goroutines of p. */
export function unreachable(sched: Sched, p: Program, goroutines: readonly LeakedGoroutine[]): void {
  const lines = goroutines
    .slice(0, MAX_LINES)
    .map(
      ({ id, name, waitReason, site }) =>
        `  goroutine ${id} (${name}) [${waitReason} (leaked)]${site === undefined ? "" : `, started at ${site}`}`,
    );
  if (goroutines.length > MAX_LINES) lines.push(`  and ${goroutines.length - MAX_LINES} more`);
  const text = `${goroutines.length} goroutine(s) leaked: nobody could ever wake them; their finally blocks did not run\n${lines.join("\n")}`;
  tell(sched, p, { kind: "unreachable", goroutines, text });
}

// Hands a report to whoever asked for it, else to the developer.
function tell({ host }: Sched, p: Program, report: LeakReport): void {
  try {
    if (p.onLeak !== undefined) p.onLeak(report);
    else host.warn(report.text);
  } catch (err) {
    host.unhandled(err);
  }
}
