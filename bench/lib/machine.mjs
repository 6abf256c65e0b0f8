// What a number depends on, printed beside it.
import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));

export function machine(goVersion) {
  return {
    date: new Date().toISOString(),
    commit: git("rev-parse", "--short=12", "HEAD"),
    // Files that are not in the commit: the numbers are then of no commit at all.
    changed: git("status", "--porcelain", "--untracked-files=no") !== "",
    node: process.version,
    v8: process.versions.v8,
    go: goVersion ?? null,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
  };
}

/** Two lines about the machine, for the top of a table or page. */
export function describe(m) {
  const commit = `commit ${m.commit || "unknown"}${m.changed ? " with changes" : ""}`;
  return [
    `${m.cpu}, ${m.cores} cores, ${m.memoryGiB} GiB, ${m.system}`,
    `Node ${m.node} (V8 ${m.v8}), ${m.go ?? "no Go"}, ${commit}, ${m.date}`,
  ];
}

function git(...args) {
  const { status, stdout } = spawnSync("git", args, { cwd: here, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}
