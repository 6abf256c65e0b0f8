// Stored results: written after each benchmark, gone on with, put together.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const published = fileURLToPath(new URL("../results/", import.meta.url));

export function readResult(file) {
  const result = JSON.parse(readFileSync(file, "utf8"));
  if (result.format !== 1) throw new Error(`bench: ${file} is no result of this program`);
  return result;
}

/** Writes it beside its place and then moves it there: who is killed meanwhile loses only the last benchmark. */
export function writeResult(file, result) {
  const making = `${file}.making`;
  writeFileSync(making, `${JSON.stringify(result, null, 1)}\n`);
  renameSync(making, file);
}

/** The newest published result: what an earlier run took tells how long this one will. */
export function newestResult(folder = published) {
  if (!existsSync(folder)) return undefined;
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .at(-1);
  return newest === undefined ? undefined : readResult(join(folder, newest));
}

/** What must be the same in results that are put together, besides the day. */
const SAME = ["cpu", "cores", "memoryGiB", "system", "node", "v8", "go", "commit", "changed"];

/**
 * Puts results together that were measured on one machine, of one commit, on one day; of a benchmark that several hold
 * the last counts. In the order of `names`.
 *
 * @throws Error that names what differs
 */
export function mergeResults(results, names) {
  const [first] = results;
  for (const other of results.slice(1)) checkSame(first, other);
  const benchmarks = new Map(results.flatMap((result) => result.benchmarks.map((bench) => [bench.name, bench])));
  return { ...first, load: results.at(-1).load, benchmarks: inOrder([...benchmarks.values()], names) };
}

function checkSame(a, b) {
  const day = ({ date }) => date.slice(0, 10);
  const pairs = [
    ...SAME.map((key) => [key, a.machine[key], b.machine[key]]),
    ["day", day(a.machine), day(b.machine)],
    ["quick", a.quick, b.quick],
  ];
  const differs = pairs.filter(([, one, other]) => one !== other);
  if (differs.length > 0)
    throw new Error(
      `bench: these results are not of one machine, commit and day: ${differs
        .map(([what, one, other]) => `${what} (${one}, ${other})`)
        .join(", ")}`,
    );
}

/** Benchmarks in the order of the catalog, whatever the order in which they ran. */
export function inOrder(benchmarks, names) {
  const place = new Map(names.map((name, i) => [name, i]));
  const at = ({ name }) => place.get(name) ?? names.length;
  return [...benchmarks].sort((a, b) => at(a) - at(b));
}
