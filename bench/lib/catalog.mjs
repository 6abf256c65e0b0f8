// What there is to run: the benchmarks of every topic, and how each of their sides is started.
//
// A topic is a folder of suites/. Its bench.mjs exports `benchmarks`: what is counted, how much of it, what must come
// out, which sides there are and which of them are compared. Beside it lies a file per JavaScript side (gr.mjs,
// ts-chan.mjs, …) that exports `programs`; the Go programs of the topic are in go/<topic>.go under the same names.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const suites = new URL("../suites/", import.meta.url);

/** Every benchmark, with its topic; in the order of the topics' `order`, then as written. */
export async function loadCatalog() {
  const topics = [];
  for (const topic of readdirSync(suites).sort()) {
    const { benchmarks, order = 100 } = await import(new URL(`${topic}/bench.mjs`, suites).href);
    topics.push({ order, benchmarks: benchmarks.map((bench) => ({ topic, metric: "ns", ...bench })) });
  }
  return topics.sort((a, b) => a.order - b.order).flatMap(({ benchmarks }) => benchmarks);
}

/** The benchmarks that the names mean: a benchmark, a topic, or a tag. Without names: all but the growth series. */
export function choose(catalog, names) {
  if (names.length === 0) return catalog.filter(({ topic }) => topic !== "growth");
  const chosen = new Set();
  for (const name of names) {
    const matches = catalog.filter(
      (bench) => bench.name === name || bench.topic === name || bench.tags?.includes(name),
    );
    if (matches.length === 0) throw new RangeError(`bench: no benchmark, topic or tag named ${name}; see --list`);
    for (const bench of matches) chosen.add(bench);
  }
  return catalog.filter((bench) => chosen.has(bench));
}

/**
 * How to start one side. `name` is the file (or `go`), unless `from` names another, so that one file can be several
 * sides with different parameters.
 */
export function resolveSide(bench, name, go) {
  const spec = bench.sides[name];
  const from = spec.from ?? name;
  const program = spec.program ?? bench.program ?? bench.name;
  const procs = spec.procs ?? bench.procs ?? 1;
  if (from === "go") {
    if (go.unavailable !== undefined) return { name, unavailable: go.unavailable };
    return { name, binary: go.binary, program, procs, source: `bench/go/${goFile(bench)}` };
  }
  const topic = bench.suite ?? bench.topic;
  const file = fileURLToPath(new URL(`${topic}/${from}.mjs`, suites));
  return { name, file, program, procs, flags: bench.flags, source: `bench/suites/${topic}/${from}.mjs` };
}

export const goFile = (bench) => `${bench.suite ?? bench.topic}.go`;

/** The work of one side: fixed, and less where a side is so slow that the full work would take minutes. */
export function workOf(bench, name, quick) {
  const spec = bench.sides[name];
  const full = quick ? (bench.quick ?? Math.max(1, Math.round(bench.n / 100))) : bench.n;
  const n = Math.max(1, Math.round(full / (spec.scale ?? 1)));
  const warm = spec.warm ?? bench.warm ?? Math.max(1, Math.round(n / 10));
  return {
    ...bench.params,
    ...(quick && bench.quickParams),
    ...spec.params,
    n,
    warm,
    procs: spec.procs ?? bench.procs ?? 1,
  };
}
