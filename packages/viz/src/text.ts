// One line per event, for people and for diff.

import { SHAPES } from "./events.ts";
import type { Trace } from "./trace.ts";

/** Lines such as `      5600 M1 GoBlock g=7 how="chan receive" obj=3`; times in ns since the first event. */
export function* toText(trace: Trace): Generator<string, void, undefined> {
  const ev = trace.merged;
  const start = ev.time[0] ?? 0;
  for (let i = 0; i < ev.count; i++) {
    const kind = ev.kind[i]!;
    const shape = SHAPES.get(kind) ?? { name: `event-${kind}`, g: "g", b: "b", x: "x" };
    const parts = [String(Math.round(ev.time[i]! - start)).padStart(10), `M${ev.m[i]}`, shape.name];
    if (shape.g !== undefined) parts.push(`${shape.g}=${ev.goid[ev.gi[i]!]}`);
    if (shape.b !== undefined) parts.push(`${shape.b}=${ev.b[i]}`);
    if (shape.how !== undefined) parts.push(`how=${JSON.stringify(howText(trace, shape.how, ev.how[i]!))}`);
    if (shape.x === "string") parts.push(`name=${JSON.stringify(ev.strings.get(ev.m[i]!)?.[ev.x[i]!] ?? "")}`);
    else if (shape.x !== undefined) parts.push(`${shape.x}=${ev.x[i]}`);
    yield parts.join(" ");
  }
}

function howText(trace: Trace, texts: string, how: number): string {
  if (texts === "reason") return trace.header.reasons[how] ?? String(how);
  return texts.split(",")[how] ?? String(how);
}
