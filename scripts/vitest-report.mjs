// Runs Vitest in a process of its own, with a limit, and gives its report: for scripts that plant bugs, which may hang it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot as root } from "./workspaces.mjs";

const windows = process.platform === "win32";
/** Leaders of the groups that run now. */
const running = new Set();

// Vitest's workers are processes of their own: one that is stuck outlives Vitest, unless all of the group is killed.
function kill(child) {
  try {
    process.kill(windows ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // it has ended
  }
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
])
  process.once(signal, () => {
    for (const child of running) kill(child);
    process.exit(code);
  });

/**
 * Runs `vitest run ...args` in `cwd`. Resolves to whether all passed, and Vitest's JSON report: null if the run did not
 * end within `ms`, or left none.
 */
export function vitestReport({ cwd, args, ms, env = {} }) {
  const scratch = mkdtempSync(join(tmpdir(), "gr-report-"));
  const file = join(scratch, "report.json");
  const all = [join(root, "node_modules/vitest/vitest.mjs"), "run", ...args, "--reporter=json", `--outputFile=${file}`];
  const child = spawn(process.execPath, all, {
    cwd,
    env: { ...process.env, ...env },
    detached: !windows,
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.add(child);
  let said = "";
  child.stderr.on("data", (text) => {
    said = (said + text).slice(-10_000);
  });
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    kill(child);
  }, ms);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(limit);
      kill(child);
      running.delete(child);
      const report = !late && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
      rmSync(scratch, { recursive: true, force: true });
      resolve({ passed: code === 0, late, report, said });
    });
  });
}

/** The titles of all tests that failed in a report; a file that did not load counts as one. */
export function failedTests(report) {
  return report.testResults.flatMap((file) =>
    file.status === "failed" && file.assertionResults.length === 0
      ? [{ title: file.message.split("\n")[0], fullName: `${file.name}: ${file.message}`, file: file.name }]
      : file.assertionResults
          .filter((test) => test.status === "failed")
          .map(({ title, fullName }) => ({ title, fullName, file: file.name })),
  );
}

/** Runs as vitestReport. The first test that fails, in words; null if all pass. */
export async function firstFailure(options) {
  const { passed, report } = await vitestReport(options);
  if (passed) return null;
  if (report === null) return { title: "(did not end, or did not load)", file: "?" };
  return failedTests(report)[0] ?? { title: "(failed beside its tests)", file: "?" };
}
