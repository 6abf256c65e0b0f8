// The report: one HTML page that needs nothing but itself.
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "../lib/machine.mjs";
import { curves } from "./curves.mjs";
import { marks, ratioBars } from "./ratio-bars.mjs";
import { escapeHtml } from "./scale.mjs";
import { sideBars } from "./side-bars.mjs";
import { style } from "./style.mjs";
import { number, percent } from "./text.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** `file`: where the page will lie, for its links to the programs. */
export function page(result, judged, file) {
  const single = result.benchmarks.filter((bench) => bench.series === undefined);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>gr: benchmarks</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>gr: benchmarks</h1>
${describe({ ...result.machine, date: dayOf(result.machine.date) })
  .map((line) => `<p class="dim">${escapeHtml(line)}</p>`)
  .join("\n")}
<p class="dim">Round by round, the sides one after the other; load average at the end ${result.load.join(" ")}.</p>
${warnings(result)}
${goals(judged)}
${besideGo(single)}
${besidePeers(single)}
${growth(result.benchmarks)}
${numbers(result.benchmarks, file)}
${howToRead}
</main>
</body>
</html>
`;
}

// 2026-11-24T11:28:40.375Z is 2026-11-24, 11:28 UTC.
const dayOf = (date) => date.replace(/T(\d+:\d+).*Z$/, ", $1 UTC");

function warnings({ quick, benchmarks }) {
  const texts = [];
  if (quick)
    texts.push("A quick run: it shows that the programs work and give the right results. Its numbers mean nothing.");
  const noisy = benchmarks.filter((bench) => bench.noisy).map(({ name }) => name);
  if (noisy.length > 0)
    texts.push(
      `The machine was busy with something else during ${noisy.length} of ${benchmarks.length} benchmarks; they are marked in the table below.`,
    );
  return texts.map((text) => `<p class="note">${escapeHtml(text)}</p>`).join("\n");
}

function goals(judged) {
  const measured = judged.filter(({ got }) => got !== undefined);
  if (measured.length === 0) return "";
  const count = (verdict) => judged.filter((row) => row.verdict === verdict).length;
  const missing = judged.filter(({ got }) => got === undefined);
  const bars = measured.map(({ id, got, atMost, atLeast, unit, verdict }) => ({
    label: id,
    unit,
    ...got,
    goal: atMost ?? atLeast,
    atLeast: atLeast !== undefined,
    verdict,
  }));
  const speedUps = bars.filter((bar) => bar.atLeast);
  const ratios = bars.filter((bar) => !bar.atLeast && bar.unit === undefined);
  const absolute = bars.filter((bar) => bar.unit !== undefined);
  return `<h2>Goals</h2>
<p>Each bar is a ratio; below 1 we are faster or smaller. The bracket is the goal, the thin line the interval of the ratio. ${count("meets")} of ${judged.length} rows meet their goal ✓, ${count("falls short")} fall short ✗; of ${count("undecided")} the goal lies inside the interval ≈.</p>
${ratios.length > 0 ? ratioBars(ratios, "ratios and goals") : ""}
${speedUps.length > 0 ? `<p>Here more is better: how much a second processor brings, over what it brings Go.</p>${ratioBars(speedUps, "speed-ups and goals")}` : ""}
${absolute.length > 0 ? absoluteTable(absolute) : ""}
${missing.length > 0 ? `<p class="dim">Not measured: ${escapeHtml(missing.map(({ id }) => id).join(", "))}.</p>` : ""}`;
}

function absoluteTable(bars) {
  const rows = bars.map(
    ({ label, ratio, low, high, unit, goal, verdict }) =>
      `<tr><td>${escapeHtml(label)}</td><td>${number(ratio)}</td><td>${goal}</td><td class="text">${marks[verdict]} ${verdict}</td><td class="text">${escapeHtml(unit)}</td><td>${low === high ? "" : `${number(low)} to ${number(high)}`}</td></tr>`,
  );
  return `<h3>In units of their own</h3>
<div class="scroll"><table>
<tr><th>row</th><th>measured</th><th>at most</th><th class="text"></th><th class="text">unit</th><th>interval</th></tr>
${rows.join("\n")}
</table></div>`;
}

function besideGo(benchmarks) {
  const bars = benchmarks.flatMap(({ name, rows }) =>
    rows.filter((row) => row.ratio !== undefined && row.id === `${name}/go`).map((row) => ({ label: name, ...row })),
  );
  if (bars.length === 0) return "";
  return `<h2>Beside Go</h2>
<p>Time (or memory) over that of the same program in Go. Left of 1: less than Go.</p>
${ratioBars(bars, "ratios to Go")}`;
}

function besidePeers(benchmarks) {
  const isPeer = ({ name, median }) => median > 0 && !/^(gr|go|nothing|engine|bundle)(-.+)?$/.test(name);
  const withPeers = benchmarks.filter(({ sides }) => sides.some(isPeer));
  if (withPeers.length === 0) return "";
  const charts = withPeers.map(
    (bench) =>
      `<h3>${escapeHtml(bench.title)}</h3><p class="dim">${escapeHtml(bench.name)}, ${escapeHtml(bench.unit)}</p>${sideBars(bench)}`,
  );
  return `<h2>Beside other libraries</h2>
<p>What one operation costs. The axis is logarithmic: each mark is a multiple of the one before.</p>
${charts.join("\n")}`;
}

function growth(benchmarks) {
  const series = new Map();
  for (const bench of benchmarks) {
    if (bench.series === undefined) continue;
    const { name } = bench.series;
    series.set(name, [...(series.get(name) ?? []), bench]);
  }
  if (series.size === 0) return "";
  return `<h2>Growth</h2>
<p>The same program over a range of sizes; both axes are logarithmic, so what costs the same at every size is level.</p>
<div class="grid2">${[...series.values()].map(curves).join("\n")}</div>`;
}

function numbers(benchmarks, file) {
  const rows = benchmarks.flatMap((bench) => [
    `<tr><td class="title" colspan="8"><strong>${escapeHtml(bench.name)}</strong>${bench.rule ? ` (${escapeHtml(bench.rule)})` : ""}: ${escapeHtml(bench.title)}, ${bench.rounds} rounds${bench.noisy ? ", noisy" : ""}</td></tr>`,
    ...bench.sides.map((side) => sideRow(side, bench, file)),
  ]);
  return `<h2>All numbers</h2>
<p>Each side's name leads to its source.</p>
<div class="scroll"><table>
<tr><th>side</th><th>minimum</th><th>median</th><th>spread</th><th class="text">unit</th><th>operations</th><th>cores</th><th>peak MiB</th></tr>
${rows.join("\n")}
</table></div>`;
}

function sideRow(side, bench, file) {
  const name = side.source
    ? `<a href="${escapeHtml(linkTo(side.source, file))}">${escapeHtml(side.name)}</a>`
    : escapeHtml(side.name);
  if (side.median === undefined) {
    const why = `${side.problem?.kind}: ${side.problem?.text.split("\n")[0]}`;
    return `<tr><td>${name}</td><td class="title dim" colspan="7">${escapeHtml(why)}</td></tr>`;
  }
  return `<tr><td>${name}</td><td>${number(side.min)}</td><td>${number(side.median)}</td><td>${percent(side.spread)}</td><td class="text">${escapeHtml(bench.unit)}</td><td>${side.n.toLocaleString("en-US")}</td><td>${number(side.cores)}</td><td>${number(side.rssMiB)}</td></tr>`;
}

function linkTo(source, file) {
  if (file === undefined) return source;
  return relative(dirname(resolve(file)), resolve(root, source)).replaceAll("\\", "/");
}

const howToRead = `<h2>How to read this</h2>
<p>Every side is a process of its own with a fixed amount of work, whose result is checked. The processes run round by
round, one side after the other, so that what disturbs the machine disturbs all of them; the ratio is taken within each
round, and the median of these ratios is shown. Its interval holds the true median with the stated confidence and
assumes nothing about how the values are distributed. The whole method is in <code>docs/performance.md</code>.</p>`;
