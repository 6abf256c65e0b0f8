// What is said of goroutines that do not end as they should. A part of rare.ts.

import type { G } from "./g.ts";
import type { LeakedGoroutine, LeakReport } from "./leaks.ts";
import type { Program } from "./program.ts";
import { Gwaiting } from "./records.ts";
import type { CLEANUP_BUDGET_MS as BudgetMs, MAX_SWALLOWED as MaxSwallowed } from "./unwind.ts";
import { waitReasonText } from "./wait-words.ts";

/** Goroutines that a report lists. */
const MAX_LINES = 20;

const BUDGET_MS: typeof BudgetMs = 1000;
const MAX_SWALLOWED: typeof MaxSwallowed = 8;

export function cleanupCut(g: G): string {
  return `${g} is unwound, and its cleanup took over ${BUDGET_MS} ms: its operations fail from now on`;
}

export function abandoned(g: G): string {
  return `${g} was cancelled and caught its unwinding ${MAX_SWALLOWED} times and more: it is abandoned, and its remaining finally blocks will not run`;
}

/** Scheduler side. p waits no longer for those that are left: by name, and by what they do. */
export function unended(p: Program): LeakReport {
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
  if (lines.length > MAX_LINES) lines.splice(MAX_LINES, lines.length, `  and ${lines.length - MAX_LINES} more`);
  const text = `run: ${goroutines.length} goroutine(s) did not end within a second after main returned:\n${lines.join("\n")}`;
  return { kind: "unended", goroutines, text };
}
