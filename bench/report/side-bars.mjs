// Bars of one benchmark's sides: what each costs, on a logarithmic axis, the cheapest first.
import { escapeHtml, logRange, logScale, logTicks, short } from "./scale.mjs";
import { number } from "./text.mjs";

const wide = { width: 860, label: 130, value: 110, ticks: 7, kind: "wide" };
const narrow = { width: 350, label: 98, value: 56, ticks: 4, kind: "narrow" };
const ROW = 22;

export const sideBars = (bench) => [wide, narrow].map((shape) => chart(bench, shape)).join("");

function chart(bench, shape) {
  const sides = bench.sides.filter(({ median }) => median > 0).sort((a, b) => a.median - b.median);
  const [, high] = logRange(sides.map(({ median }) => median));
  const low = sides[0].median / 2;
  const x = logScale(low, high, shape.label, shape.width - shape.value);
  const height = 20 + sides.length * ROW + 4;
  const grid = logTicks(low, high, shape.ticks)
    .map(
      (tick) =>
        `<line class="grid" x1="${r(x(tick))}" x2="${r(x(tick))}" y1="18" y2="${height - 4}"/><text class="tick" x="${r(x(tick))}" y="12" text-anchor="middle">${short(tick)}</text>`,
    )
    .join("");
  const rows = sides.map((side, i) => row(side, bench, x, low, 20 + i * ROW, shape)).join("");
  return `<svg class="${shape.kind}" viewBox="0 0 ${shape.width} ${height}" role="img" aria-label="${escapeHtml(`${bench.name}, ${bench.unit}`)}">${grid}${rows}</svg>`;
}

function row(side, bench, x, low, top, { label }) {
  const kind = side.name.startsWith("gr") ? "gr" : side.name.startsWith("go") ? "go" : "peer";
  const title = `${side.name}: ${number(side.median)} ${bench.unit}, minimum ${number(side.min)}, spread ${Math.round(side.spread * 100)} %`;
  return `<g><title>${escapeHtml(title)}</title><text class="label" x="${label - 8}" y="${top + 15}" text-anchor="end">${escapeHtml(side.name)}</text><rect class="${kind}" x="${r(x(low))}" y="${top + 4}" width="${r(x(side.median) - x(low))}" height="${ROW - 8}" rx="2"/><text class="value" x="${r(x(side.median) + 6)}" y="${top + 15}">${number(side.median)}</text></g>`;
}

const r = (value) => value.toFixed(1);
