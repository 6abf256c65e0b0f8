// Growth: a curve for each side over the sizes of one series, both axes logarithmic.
import { escapeHtml, logRange, logScale, logTicks, short } from "./scale.mjs";
import { number } from "./text.mjs";

const WIDTH = 420;
const HEIGHT = 250;
const LEFT = 52;
const RIGHT = 44;
const TOP = 12;
const BOTTOM = 38;

/** `benches`: the benchmarks of one series. */
export function curves(benches) {
  const { series, unit } = benches[0];
  const lines = linesOf(benches);
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return "";
  // A logarithmic axis has no 0: an unbuffered channel stands left of capacity 1.
  const at = (x) => (x === 0 ? 0.5 : x);
  const [lowX, highX] = [Math.min(...points.map((p) => at(p.x))), Math.max(...points.map((p) => at(p.x)))];
  const [lowY, highY] = logRange(points.flatMap((p) => [p.y / 1.6, p.y * 1.6]));
  const x = logScale(lowX, highX * 1.0001, LEFT, WIDTH - RIGHT);
  const y = logScale(lowY, highY, HEIGHT - BOTTOM, TOP);
  const grid = [
    ...logTicks(lowY, highY, 6).map(
      (tick) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${r(y(tick))}" y2="${r(y(tick))}"/><text class="tick" x="${LEFT - 6}" y="${r(y(tick) + 4)}" text-anchor="end">${short(tick)}</text>`,
    ),
    ...xTicks(points.map((p) => p.x)).map(
      (tick) =>
        `<text class="tick" x="${r(x(at(tick)))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${short(tick)}</text>`,
    ),
    `<text class="tick" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${escapeHtml(series.axis)}</text>`,
  ].join("");
  const drawn = lines.map((line) => curve(line, (p) => `${r(x(at(p.x)))} ${r(y(p.y))}`, unit)).join("");
  return `<figure><figcaption>${escapeHtml(series.title)}, ${escapeHtml(unit)}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(series.title)}">${grid}${drawn}</svg></figure>`;
}

function linesOf(benches) {
  const lines = new Map();
  for (const bench of benches) {
    for (const side of bench.sides) {
      if (side.median === undefined) continue;
      if (!lines.has(side.name)) lines.set(side.name, { name: side.name, points: [] });
      lines.get(side.name).points.push({ x: bench.x, y: side.median });
    }
  }
  return [...lines.values()];
}

function curve({ name, points }, place, unit) {
  const kind = name.startsWith("gr") ? "gr" : "go";
  const path = points.map((p, i) => `${i === 0 ? "M" : "L"}${place(p)}`).join("");
  const dots = points
    .map((p) => {
      const [cx, cy] = place(p).split(" ");
      return `<circle class="${kind}" cx="${cx}" cy="${cy}" r="3.5"><title>${escapeHtml(`${name}, ${short(p.x)}: ${number(p.y)} ${unit}`)}</title></circle>`;
    })
    .join("");
  const [endX, endY] = place(points.at(-1)).split(" ");
  return `<path class="curve ${kind}" d="${path}"/>${dots}<text class="label" x="${Number(endX) + 8}" y="${Number(endY) + 4}">${escapeHtml(name)}</text>`;
}

// Every size, or every second one where they would touch.
function xTicks(xs) {
  const sorted = [...new Set(xs)].sort((a, b) => a - b);
  const every = Math.ceil(sorted.length / 8);
  return sorted.filter((_, i) => i % every === 0);
}

const r = (value) => value.toFixed(1);
