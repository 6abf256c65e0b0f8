// Runs the sides of one benchmark, round by round: A B C, A B C, …
import { isDeepStrictEqual } from "node:util";
import { rowId } from "./budget.mjs";
import { resolveSide, workOf } from "./catalog.mjs";
import { load, NOISY_CORES } from "./noise.mjs";
import { runSide } from "./side-process.mjs";
import { median, pairedRatio, product, summarize } from "./stats.mjs";

const units = {
  ns: (line, n) => line.ns / n,
  ms: (line) => line.ns / 1e6,
  bytes: (line, n) => line.bytes / n,
  rss: (line) => line.rssBytes / 2 ** 20,
  value: (line) => line.result,
};
/** What a metric is called where a benchmark does not name its unit. */
export const unitNames = { ns: "ns/op", ms: "ms", bytes: "B", rss: "MiB", value: "" };

/**
 * Runs one benchmark. `tell(text)` is called with progress. `plan` says how many rounds each side has (plan.mjs). A side
 * that is not there, fails, or gives a wrong result ends with the round in which that was seen, and says so in its
 * `problem`.
 */
export async function measure(bench, { plan, quick, sides: only, go, tell, prepare }) {
  const params = await prepare?.(bench, quick);
  const names = Object.keys(bench.sides).filter((name) => only === undefined || only.includes(name));
  const sides = names.map((name) => start(bench, name, go, quick, params));
  const loadBefore = load();
  const started = performance.now();
  let lastMs = 0;
  for (let round = 0; round < plan.rounds && !plan.enough(round, performance.now() - started, lastMs); round++) {
    const before = performance.now();
    for (const side of sides) {
      if (side.problem !== undefined || round >= plan.roundsOf(side.name)) continue;
      tell(`${bench.name}  round ${round + 1} of ${plan.rounds}  ${side.name}`);
      take(bench, side, await runSide(side.how, side.work));
    }
    lastMs = performance.now() - before;
  }
  return report(bench, sides, loadBefore);
}

function start(bench, name, go, quick, params) {
  const how = resolveSide(bench, name, go);
  const work = { ...workOf(bench, name, quick), ...params };
  return {
    name,
    how,
    work,
    problem: how.unavailable && { kind: "not available", text: how.unavailable },
    values: [],
    ns: [],
    rss: [],
    cores: [],
    foreign: [],
    wall: [],
  };
}

function take(bench, side, line) {
  const wrong = problemOf(bench, side, line);
  if (wrong !== undefined) {
    side.problem = wrong;
    return;
  }
  side.values.push(units[bench.metric](line, side.work.n));
  side.ns.push(line.ns);
  side.rss.push(line.rssBytes / 2 ** 20);
  side.cores.push(line.cores);
  side.foreign.push(line.foreignCores);
  side.wall.push(line.wallMs);
  side.version = line.version;
}

function problemOf(bench, { work }, line) {
  if (line.unavailable !== undefined) return { kind: "not available", text: line.unavailable };
  if (line.error !== undefined) return { kind: "failed", text: line.error };
  if (bench.expect === undefined) return undefined;
  const expected = bench.expect(work.n, work);
  if (isDeepStrictEqual(line.result, expected)) return undefined;
  return { kind: "wrong result", text: `expected ${JSON.stringify(expected)}, got ${JSON.stringify(line.result)}` };
}

function report(bench, sides, loadBefore) {
  const foreign = sides.flatMap((side) => side.foreign);
  const foreignCores = foreign.length === 0 ? 0 : median(foreign);
  return {
    name: bench.name,
    topic: bench.topic,
    title: bench.title,
    rule: bench.rule,
    metric: bench.metric,
    unit: bench.unit ?? unitNames[bench.metric],
    x: bench.x,
    series: bench.series,
    loadBefore,
    foreignCores,
    // What has the same value on every machine, loaded or not, says so.
    noisy: !bench.steady && foreignCores > NOISY_CORES,
    rounds: Math.max(...sides.map(({ values }) => values.length)),
    sides: sides.map((side) => sideReport(side)),
    rows: (bench.rows ?? []).map((row) => rowReport(bench, sides, row)),
  };
}

function sideReport({ name, work, how, problem, values, ns, rss, cores, wall, version }) {
  const base = { name, n: work.n, procs: work.procs, source: how.source, version };
  if (values.length === 0) return { ...base, problem };
  return {
    ...base,
    problem,
    values,
    ...summarize(values),
    rssMiB: median(rss),
    cores: median(cores),
    seconds: median(ns) / 1e9,
    // With start, warm-up and set-up: what a round of it takes.
    wallSeconds: median(wall) / 1e3,
  };
}

/** A row of the budget: one side, or a product of sides, over others; `best`: over the fastest of several. */
function rowReport(bench, sides, row) {
  const id = rowId(bench, row);
  const valuesOf = (name) => sides.find((side) => side.name === name)?.values ?? [];
  if (row.absolute !== undefined) {
    const values = valuesOf(row.absolute);
    if (values.length === 0) return { id, missing: [row.absolute] };
    return {
      id,
      of: [row.absolute],
      against: [],
      ...pairedRatio(
        values,
        values.map(() => 1),
      ),
    };
  }
  const of = [row.of ?? "gr"].flat();
  const against = row.best === undefined ? [row.against].flat() : bestOf(row.best, valuesOf);
  const missing = [...of, ...against].filter((name) => valuesOf(name).length === 0);
  if (missing.length > 0 || against.length === 0)
    return { id, of, against: against.length > 0 ? against : row.best, missing };
  return { id, of, against, ...pairedRatio(product(of.map(valuesOf)), product(against.map(valuesOf))) };
}

function bestOf(names, valuesOf) {
  const measured = names.filter((name) => valuesOf(name).length > 0);
  measured.sort((a, b) => median(valuesOf(a)) - median(valuesOf(b)));
  return measured.slice(0, 1);
}
