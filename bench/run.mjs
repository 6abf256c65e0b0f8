// `npm run bench`: runs benchmarks, each of whose sides is a process with fixed work, interleaved round by round.
//
// What a number means is in docs/performance.md. The rooms: lib/catalog.mjs (what there is), lib/plan.mjs (how many
// rounds, and in which order), lib/measure.mjs (rounds), lib/results.mjs (stored results), lib/profile.mjs, lib/side.mjs (the process of a side), lib/stats.mjs (ratios and intervals), report/ (table, page).
import { writeFileSync } from "node:fs";
import { judge, readBudget, record } from "./lib/budget.mjs";
import { choose, loadCatalog } from "./lib/catalog.mjs";
import { prepareData } from "./lib/data.mjs";
import { buildGo } from "./lib/go.mjs";
import { describe, machine } from "./lib/machine.mjs";
import { measure } from "./lib/measure.mjs";
import { foreignCores, load, NOISY_CORES } from "./lib/noise.mjs";
import { readOptions, usage } from "./lib/options.mjs";
import { Progress, planOf, secondsOf } from "./lib/plan.mjs";
import { profileSide, profileText, sidesToProfile } from "./lib/profile.mjs";
import { inOrder, mergeResults, newestResult, readResult, writeResult } from "./lib/results.mjs";
import { page } from "./report/page.mjs";
import { benchTable, disagreement, listOf, verdicts } from "./report/text.mjs";

async function main(options) {
  if (options.help) return console.log(usage);
  const catalog = await loadCatalog();
  if (options.list) return console.log(listOf(catalog));
  if (options.profile) return profileAll(choose(catalog, options.names), options);
  const budget = readBudget();
  const result = options.from === undefined ? await runAll(catalog, budget, options) : stored(catalog, options);
  if (options.json !== undefined) writeResult(options.json, result);
  const judged = judge(budget, result);
  if (options.html !== undefined) writeFileSync(options.html, page(result, judged, options.html));
  if (options.check) check(judged, result, options);
  if (options.record) recordResult(budget, result);
  if (result.benchmarks.some(({ sides }) => sides.some(broken))) process.exitCode = 1;
}

/** A side that is not installed is left out; one that fails or gives a wrong result is an error. */
const broken = ({ problem }) => problem !== undefined && problem.kind !== "not available";

async function runAll(catalog, budget, options) {
  const about = await ready(options);
  const names = catalog.map(({ name }) => name);
  let result = { format: 1, quick: options.quick, machine: about.machine, load: load(), benchmarks: [] };
  // The order of merging checks that the machine is still the same one.
  if (options.resume !== undefined) result = mergeResults([readResult(options.resume), result], names);
  const had = new Set(result.benchmarks.map(({ name }) => name));
  const todo = inTurn(
    choose(catalog, options.names).filter(({ name }) => !had.has(name)),
    budget,
    options,
  );
  if (had.size > 0) console.log(`${had.size} benchmarks are in ${options.resume} already`);
  const progress = new Progress(todo.map(({ seconds }) => seconds));
  for (const { bench, plan } of todo) {
    const started = performance.now();
    const one = await measure(bench, {
      ...options,
      plan,
      go: about.go,
      tell: (text) => tell(`${text}  (${progress})`),
      prepare: prepareData,
    });
    progress.finished((performance.now() - started) / 1000);
    tell("");
    console.log(benchTable(one));
    result = { ...result, load: load(), benchmarks: inOrder([...result.benchmarks, one], names) };
    if (options.json !== undefined) writeResult(options.json, result);
  }
  return result;
}

async function profileAll(benches, { sides, quick }) {
  for (const bench of benches) {
    const params = await prepareData(bench, quick);
    for (const name of sidesToProfile(bench, sides))
      console.log(profileText(bench, name, profileSide(bench, name, quick, params)));
  }
}

async function ready(options) {
  const go = buildGo();
  const about = machine(go.version);
  for (const line of describe(about)) console.log(line);
  const foreign = await foreignCores();
  console.log(`load average ${load().join(" ")}; others keep ${foreign.toFixed(2)} cores busy`);
  if (foreign > NOISY_CORES && !options.quick && !options.force) {
    throw new Error("bench: the machine is too busy to measure; try later, or --force to measure and mark the rows");
  }
  return { go, machine: about };
}

// The longest last: who has to stop a run has the most by then.
function inTurn(benches, budget, options) {
  const earlier = newestResult();
  const planned = benches.map((bench) => {
    const plan = planOf(bench, budget, { rounds: options.rounds, brief: options.names.includes("headline") });
    return { bench, plan, seconds: secondsOf(bench, plan, earlier) };
  });
  return options.quick ? planned : planned.sort((a, b) => a.seconds - b.seconds);
}

function stored(catalog, { from }) {
  const result = mergeResults(
    from.split(",").map(readResult),
    catalog.map(({ name }) => name),
  );
  for (const line of describe(result.machine)) console.log(line);
  return result;
}

function check(judged, result, options) {
  console.log(verdicts(judged));
  if (result.quick) console.log("a quick run: these verdicts mean nothing");
  if (options.against !== undefined) {
    const before = judge(readBudget(), readResult(options.against));
    console.log(disagreement(judged, before, options.against));
  }
  if (judged.some(({ verdict }) => verdict === "falls short")) process.exitCode = 2;
}

function recordResult(budget, result) {
  const { recorded, noisy } = record(budget, result);
  console.log(`bench: budget.json has ${recorded.length} measured rows of this run`);
  if (noisy.length > 0) console.log(`bench: too noisy to record, and left as they were: ${noisy.join(", ")}`);
}

// One line that is overwritten, on a terminal; a line for each side of each round where the output goes to a file.
function tell(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== "") process.stderr.write(`${text}\n`);
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (err) {
  console.error(err.message.startsWith("bench:") ? err.message : err);
  process.exitCode = 1;
}
