// Where a goroutine was started, recorded on request (GRDEBUG=sites=1): a stack per go() is dear.

import type { G } from "./g.ts";
import { sideOf } from "./side.ts";

/** Whether sites are recorded. */
export const sites: { on: boolean } = { on: false };

/** Notes the line that called go(). */
export function recordSite(g: G): void {
  const stack = new Error().stack ?? "";
  for (const line of stack.split("\n").slice(1)) {
    if (line.includes("@gr/core") || line.includes("packages/core/")) continue;
    sideOf(g).site = line.trim().replace(/^at /, "");
    return;
  }
}
