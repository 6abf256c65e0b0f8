// GRDEBUG on the main M, once there are threads: what its schedtrace says, and whether sysmon looks for hogs from the start.
//
// Loaded before the threads start if GRDEBUG is set, so a main that is blocked at once is seen too.

import type { G } from "@gr/core/internal";
import { asked } from "./grdebug.ts";
import type { Handed } from "./handed.ts";
import * as w from "./layout-words.ts";
import type { MPeers } from "./m-peers.ts";
import * as rec from "./record-words.ts";
import type { ThreadsStats } from "./stats.ts";

interface Inspecting {
  readonly process?: { getBuiltinModule?(name: string): { readonly Session?: unknown } | undefined };
}

/** Main only. True if sysmon is to be started at once. */
export function debugGroup({ sched, ops }: Handed, { mem }: MPeers, stats: () => ThreadsStats): boolean {
  const runner = (g: G): number => {
    const record = (g as { readonly record?: number }).record ?? 0;
    return record === 0 ? -1 : ops.load(mem, record + rec.RUNNER) - 1;
  };
  sched.m.look = (ms) => {
    // Sysmon speaks when this stands still (worker.ts).
    ops.store(mem, w.LINE_MS, ms);
    return { ms, stats: stats(), runner };
  };
  if (asked(sched.host.env("GRDEBUG"), "hog") === 0) return false;
  const { process } = globalThis as Inspecting;
  if (process?.getBuiltinModule?.("node:inspector")?.Session !== undefined) return true;
  sched.host.warn("threads: GRDEBUG=hog needs Node's inspector; this host has none");
  return false;
}
