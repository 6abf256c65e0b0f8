// `npm run bench`: runs benchmarks, each of whose sides is a process with fixed work, interleaved round by round.
//
// What a number means is in docs/performance.md. The rooms: lib/catalog.mjs (what there is), lib/measure.mjs (rounds),
// lib/side.mjs (the process of a side), lib/stats.mjs (ratios and intervals), report/ (table, page).
import { readFileSync, writeFileSync } from "node:fs";
import { judge, readBudget, record } from "./lib/budget.mjs";
import { choose, loadCatalog } from "./lib/catalog.mjs";
import { prepareData } from "./lib/data.mjs";
import { buildGo } from "./lib/go.mjs";
import { describe, machine } from "./lib/machine.mjs";
import { measure } from "./lib/measure.mjs";
import { foreignCores, load, NOISY_CORES } from "./lib/noise.mjs";
import { readOptions, usage } from "./lib/options.mjs";
import { page } from "./report/page.mjs";
import { benchTable, listOf, verdicts } from "./report/text.mjs";

async function main(options) {
  if (options.help) return console.log(usage);
  const catalog = await loadCatalog();
  if (options.list) return console.log(listOf(catalog));
  const result = options.from === undefined ? await runAll(catalog, options) : stored(options.from);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 1)}\n`);
  const budget = readBudget();
  const judged = judge(budget, result);
  if (options.html !== undefined) writeFileSync(options.html, page(result, judged, options.html));
  if (options.check) {
    console.log(verdicts(judged));
    if (result.quick) console.log("a quick run: these verdicts mean nothing");
    if (judged.some(({ verdict }) => verdict === "falls short")) process.exitCode = 2;
  }
  if (options.record) recordResult(budget, result);
  if (result.benchmarks.some(({ sides }) => sides.some(broken))) process.exitCode = 1;
}

/** A side that is not installed is left out; one that fails or gives a wrong result is an error. */
const broken = ({ problem }) => problem !== undefined && problem.kind !== "not available";

async function runAll(catalog, options) {
  const chosen = choose(catalog, options.names);
  const go = buildGo();
  const about = machine(go.version);
  for (const line of describe(about)) console.log(line);
  const foreign = await foreignCores();
  console.log(`load average ${load().join(" ")}; others keep ${foreign.toFixed(2)} cores busy`);
  if (foreign > NOISY_CORES && !options.quick && !options.force) {
    throw new Error("bench: the machine is too busy to measure; try later, or --force to measure and mark the rows");
  }
  const benchmarks = [];
  for (const bench of chosen) {
    const one = await measure(bench, { ...options, go, tell, prepare: prepareData });
    tell("");
    console.log(benchTable(one));
    benchmarks.push(one);
  }
  return { format: 1, quick: options.quick, machine: about, load: load(), benchmarks };
}

function stored(file) {
  const result = JSON.parse(readFileSync(file, "utf8"));
  if (result.format !== 1) throw new Error(`bench: ${file} is no result of this program`);
  for (const line of describe(result.machine)) console.log(line);
  return result;
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
