// Runs the suites against each planted bug and lists which tests found it. Fails if a bug survives.
//
//   node packages/conformance/planted.mjs [words of a bug's name]
//
// One run of Vitest per bug, in a process of its own: a bug may hang the scheduler, and then the clock
// kills the run, which counts as found. Tests that fail without any bug find nothing.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { failedTests, vitestReport } from "../../scripts/vitest-report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
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
async function failures(bug) {
  const env = { GR_PLANTED: bug, GR_PROGRAMS: "2000" };
  const run = await vitestReport({ cwd: here, args: ["--config", "vitest.planted.config.ts"], ms: hungMs, env });
  if (run.late) return undefined;
  if (run.report === null) throw new Error(`the run ended without a report: ${run.said}`);
  return failedTests(run.report).map((test) => test.fullName);
}

const wanted = process.argv.slice(2).join(" ");
const bugs = bugNames().filter((name) => name.includes(wanted));
const baseline = new Set(await failures(""));
for (const name of baseline) console.log(`fails without any bug: ${name}`);
let survivors = 0;
for (const bug of bugs) {
  const found = await failures(bug);
  const killers = found?.filter((name) => !baseline.has(name));
  if (killers?.length === 0) survivors++;
  console.log(`\n${killers?.length === 0 ? "SURVIVED" : "found"}: ${bug}`);
  for (const name of killers?.slice(0, shown) ?? [`a run that hung for ${hungMs / 1000} s`])
    console.log(`  by ${name}`);
  if (killers !== undefined && killers.length > shown) console.log(`  and ${killers.length - shown} more`);
}
console.log(`\n${bugs.length} bugs planted, ${survivors} survived`);
process.exitCode = survivors === 0 && bugs.length > 0 ? 0 : 1;
