// Where something was made, recorded on request (GRDEBUG=sites=1): a stack per go() is dear.

/** sched.made, make, start, spawn, go. */
const FRAMES_BELOW_GO = 5;

/** Where a goroutine was started, by an error that sched.made, called by make(), has made. */
export function siteOf(err: Error): string {
  return callerOf(err, FRAMES_BELOW_GO);
}

/** The innermost line of a stack that is not of this package; `depth`: which it is where all is one file, a bundle. */
export function callerOf(err: Error, depth: number): string {
  const lines = (err.stack ?? "").split("\n").slice(1);
  // The watcher may be a file elsewhere than what called it.
  const own = [folderOf(lines[0] ?? ""), folderOf(lines[1] ?? "")];
  const other = lines.find((line) => !isOurs(folderOf(line), own));
  return (other ?? lines[depth] ?? "").trim().replace(/^at /, "");
}

// Who calls chan() or go() through another @gr package is meant. Installed, such a package lies in @gr; in a work tree
// it lies beside this one, and no link tells.
function isOurs(folder: string, own: readonly string[]): boolean {
  if (folder === "" || folder.startsWith("node:") || /[\\/]@gr[\\/]/.test(folder)) return true;
  return own.some((o) => folder === o || isSibling(folder, o));
}

function isSibling(folder: string, own: string): boolean {
  const beside = /^(.*[\\/]packages[\\/])core[\\/](src|dist)$/.exec(own)?.[1];
  const name = beside !== undefined && folder.startsWith(beside) ? folder.slice(beside.length) : "";
  return /^(chan|sync|context|threads|testing|viz)[\\/](src|dist)$/.test(name);
}

function folderOf(line: string): string {
  const path = /\(?([^()\s]+):\d+:\d+\)?$/.exec(line)?.[1] ?? "";
  return path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")));
}
