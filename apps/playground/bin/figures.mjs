// The figures of a run: what figures.json holds (src/figures.ts says what it means), and the same for a terminal.
import { availableParallelism, platform } from "node:os";
import { sameResult } from "../job/text.mjs";

/** The object for figures.json. */
export function figuresOf({ root, procs, reference, traced, others }) {
  const run = (name, r) => ({
    name,
    ms: Math.round(r.ms * 10) / 10,
    peakRssMB: Math.round(r.peakRssMB),
    equal: sameResult(r.result, reference.result),
  });
  const perM = traced.stats.ms.map((m) => ({
    m: m.m,
    kind: m.m === 0 ? "main" : "worker",
    goroutines: m.started,
    steals: m.steals,
    parks: m.parks,
    wakes: m.wakes,
  }));
  return {
    result: traced.result,
    runs: [run(`gr, GOMAXPROCS=${procs}`, traced), ...others.map(([name, r]) => run(name, r))],
    spread: {
      procs,
      goroutines: traced.made.goroutines,
      portables: traced.made.portables,
      perM,
      steals: perM.reduce((n, m) => n + m.steals, 0),
      parks: perM.reduce((n, m) => n + m.parks, 0),
    },
    machine: { node: process.version, cores: availableParallelism(), platform: platform() },
    when: new Date().toISOString(),
    root,
  };
}

function compared(ms, first) {
  const percent = Math.round((ms / first - 1) * 100);
  return percent >= 0 ? `takes ${percent} % longer than the first` : `takes ${-percent} % less time than the first`;
}

/** The same as text. */
export function report(figures) {
  const { result, spread, runs } = figures;
  const n = (x) => x.toLocaleString("en");
  const { binary, huge, unreadable } = result.skipped;
  const lines = [
    "",
    `  ${n(result.words)} words and ${n(result.lines)} lines in ${n(result.files)} text files (${(result.bytes / 1e6).toFixed(1)} MB)`,
    `  skipped: ${n(binary)} binary, ${n(huge)} huge, ${n(unreadable)} unreadable`,
    "",
    `  ${n(spread.goroutines)} goroutines, of which ${n(spread.portables)} could start on any M, shared ${spread.procs} P${spread.procs === 1 ? "" : "s"}:`,
    "    M   kind      portables   steals    parks    wakes",
    ...spread.perM.map(
      (m) =>
        `    ${String(m.m).padEnd(3)} ${m.kind.padEnd(7)} ${n(m.goroutines).padStart(11)} ${n(m.steals).padStart(8)} ${n(m.parks).padStart(8)} ${n(m.wakes).padStart(8)}`,
    ),
    "",
    ...runs.map((r, i) => {
      const against = i === 0 ? "" : `   ${compared(r.ms, runs[0].ms)}`;
      return `  ${r.name.padEnd(26)} ${(r.ms / 1000).toFixed(2).padStart(7)} s ${String(r.peakRssMB).padStart(6)} MB${against}`;
    }),
    "",
  ];
  return lines.join("\n");
}
