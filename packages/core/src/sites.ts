// Where something was made, recorded on request (GRDEBUG=sites=1): a stack per go() is dear.

import type { G } from "./g.ts";
import { sideOf } from "./side.ts";

/** Whether sites are recorded. */
export const sites: { on: boolean } = { on: false };

/** recordSite, make, start, spawn, go. */
const FRAMES_BELOW_GO = 5;

/** Notes the line that called go(). */
export function recordSite(g: G): void {
  sideOf(g).site = callerOf(new Error(), FRAMES_BELOW_GO);
}

/** The innermost line of a stack that is not of this package; `depth`: which it is where all is one file, a bundle. */
export function callerOf(err: Error, depth: number): string {
  const lines = (err.stack ?? "").split("\n").slice(1);
  const own = folderOf(lines[0] ?? "");
  const other = lines.find((line) => folderOf(line) !== "" && folderOf(line) !== own && !OURS.test(line));
  return (other ?? lines[depth] ?? "").trim().replace(/^at /, "");
}

/** Other @gr packages: who calls chan() or go() through them is meant. */
const OURS = /[\\/]@gr[\\/]/;

function folderOf(line: string): string {
  const path = /\(?([^()\s]+):\d+:\d+\)?$/.exec(line)?.[1] ?? "";
  return path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")));
}
