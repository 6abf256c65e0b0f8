// Runs the suites against each planted bug and lists which tests found it. Fails if a bug survives.
//
//   node packages/conformance/planted.mjs [words of a bug's name]
//
// One run of Vitest per bug, in a process of its own: a bug may hang the scheduler, and then the clock
// kills the run, which counts as found. Tests that fail without any bug find nothing.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const scratch = mkdtempSync(join(tmpdir(), "gr-planted-"));
const hungMs = 90_000;
/** Killers listed per bug. */
const shown = 12;

/** Names in the order of the tables, read from the source so that this script needs no loader. */
function bugNames() {
  return ["channel-bugs.ts", "select-bugs.ts"].flatMap((file) => {
    const text = readFileSync(join(here, "src/planted", file), "utf8");
    return [...text.slice(text.lastIndexOf("export const")).matchAll(/^ {2}"([^"]+)":/gm)].map((m) => m[1]);
  });
}

/** The full names of the failed tests, or undefined when the run hung. */
function failures(bug) {
  const out = join(scratch, "report.json");
  rmSync(out, { force: true });
  const args = [vitest, "run", "--config", "vitest.planted.config.ts", "--reporter=json", `--outputFile=${out}`];
  const run = spawnSync(process.execPath, args, {
    cwd: here,
    env: { ...process.env, GR_PLANTED: bug, GR_PROGRAMS: "2000" },
    timeout: hungMs,
    killSignal: "SIGKILL",
    encoding: "utf8",
  });
  if (run.error !== undefined) return undefined;
  const report = JSON.parse(readFileSync(out, "utf8"));
  const names = [];
  for (const file of report.testResults) {
    if (file.status === "failed" && file.assertionResults.length === 0) names.push(`${file.name}: ${file.message}`);
    for (const t of file.assertionResults) if (t.status === "failed") names.push(t.fullName);
  }
  return names;
}

const wanted = process.argv.slice(2).join(" ");
const bugs = bugNames().filter((name) => name.includes(wanted));
const baseline = new Set(failures(""));
for (const name of baseline) console.log(`fails without any bug: ${name}`);
let survivors = 0;
for (const bug of bugs) {
  const found = failures(bug);
  const killers = found?.filter((name) => !baseline.has(name));
  if (killers?.length === 0) survivors++;
  console.log(`\n${killers?.length === 0 ? "SURVIVED" : "found"}: ${bug}`);
  for (const name of killers?.slice(0, shown) ?? [`a run that hung for ${hungMs / 1000} s`])
    console.log(`  by ${name}`);
  if (killers !== undefined && killers.length > shown) console.log(`  and ${killers.length - shown} more`);
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${bugs.length} bugs planted, ${survivors} survived`);
process.exitCode = survivors === 0 && bugs.length > 0 ? 0 : 1;
