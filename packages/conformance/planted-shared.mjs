// Runs the suites over threads against each planted bug of what threads share and lists which tests found it.
//
//   node packages/conformance/planted-shared.mjs [words of a bug's name]
//
// Everything must be built; the packages with bugs are loaded as they are before their syntax is shortened. One run of Vitest per bug, in a process of its own; it ends after a few failures, and a run
// that hangs is killed, which counts as found.
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { failedTests, vitestReport } from "../../scripts/vitest-report.mjs";
import { readable } from "./src/planted/readable.mjs";
import { fileOf, isOfSync, planted, races, sharedBugs } from "./src/planted/shared-bugs.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const hook = pathToFileURL(join(here, "src/planted/shared-register.mjs")).href;
const hungMs = 60_000;

/** The full names of the failed tests, or undefined when the run hung. */
async function failures(bug, bail, suites) {
  const args = ["--config", "vitest.planted-shared.config.ts", "--project", "threads", `--bail=${bail}`];
  args.push("--testTimeout=2000", "--hookTimeout=4000", "--teardownTimeout=1000");
  args.push(...suites);
  const env = { GR_PLANTED_SHARED: bug, NODE_OPTIONS: `--import=${hook}` };
  const run = await vitestReport({ cwd: here, args, ms: hungMs, env });
  if (run.late) return undefined;
  if (run.report === null) throw new Error(`the run ended without a report: ${run.said}`);
  return failedTests(run.report).map((test) => test.fullName);
}

const OF_CHANNELS = ["promotion.threads", "chan.threads", "select.threads", "ops.threads", "programs.threads"];
const OF_SYNC = ["sync-suites.threads"];

const wanted = process.argv.slice(2).join(" ");
const bugs = Object.keys(sharedBugs).filter((name) => name.includes(wanted));
const files = (await Promise.all(["chan", "shm", "sync"].map((name) => readable(name, true)))).flat();
for (const bug of bugs) planted(files.find(({ path }) => fileOf(bug).test(path)).text, bug);
const all = [bugs.some((bug) => !isOfSync(bug)) ? OF_CHANNELS : [], bugs.some(isOfSync) ? OF_SYNC : []].flat();
const baseline = new Set((await failures("", 0, all)) ?? ["the run without any bug hung"]);
for (const name of baseline) console.log(`fails without any bug: ${name}`);
let survivors = 0;
for (const bug of bugs) {
  const killers = (await failures(bug, 4, isOfSync(bug) ? OF_SYNC : OF_CHANNELS))?.filter(
    (name) => !baseline.has(name),
  );
  const survived = killers?.length === 0;
  if (survived && races[bug] === undefined) survivors++;
  console.log(`\n${survived ? "SURVIVED" : "found"}: ${bug}`);
  if (survived && races[bug] !== undefined) console.log(`  left to chan/test/${races[bug]}.test.ts`);
  for (const name of killers ?? [`a run that hung for ${hungMs / 1000} s`]) console.log(`  by ${name}`);
}
console.log(`\n${bugs.length} bugs planted, ${survivors} survived`);
process.exitCode = survivors === 0 && bugs.length > 0 ? 0 : 1;
