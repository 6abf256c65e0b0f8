// The report on what did not end within the budget after main returned, by name and by what it was doing.

import type { LeakedGoroutine, LeakReport } from "./leaks.ts";
import type { Program } from "./program.ts";
import { Gwaiting } from "./records.ts";
import { waitReasonText } from "./wait-words.ts";

/** Goroutines that a report lists. */
const MAX_LINES = 20;

/** Scheduler side. p waits no longer for those that are left. */
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
