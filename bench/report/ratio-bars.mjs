// Horizontal bars of ratios on a logarithmic axis: to the left of 1 is faster or smaller, to the right slower or bigger.
import { escapeHtml, logRange, logScale, logTicks, short } from "./scale.mjs";
import { number } from "./text.mjs";

/** On a phone a label stands above its bar. */
const wide = { width: 860, label: 250, value: 96, row: 26, bar: 0, kind: "wide" };
const narrow = { width: 350, label: 8, value: 70, row: 42, bar: 16, kind: "narrow" };
const TOP = 26;

/**
 * `bars`: { label, ratio, low, high, goal?, atLeast?, verdict? }. A goal is drawn as a mark, the interval as a thin line.
 * Without a goal a bar is good when its ratio is at most 1.
 */
export const ratioBars = (bars, caption) => [wide, narrow].map((shape) => chart(bars, caption, shape)).join("");

function chart(bars, caption, shape) {
  const [low, high] = logRange(
    bars.flatMap((bar) => [bar.ratio, bar.low, bar.high]),
    [0.5, 2, ...bars.flatMap(({ goal }) => goal ?? [])],
  );
  const x = logScale(low, high, shape.label, shape.width - shape.value);
  const height = TOP + bars.length * shape.row + 8;
  const grid = logTicks(low, high, shape === wide ? 9 : 5)
    .map(
      (tick) =>
        `<line class="grid${tick === 1 ? " one" : ""}" x1="${r(x(tick))}" x2="${r(x(tick))}" y1="${TOP - 4}" y2="${height - 6}"/><text class="tick" x="${r(x(tick))}" y="14" text-anchor="middle">${short(tick)}</text>`,
    )
    .join("");
  const rows = bars.map((bar, i) => row(bar, x, TOP + i * shape.row, shape)).join("");
  return `<svg class="${shape.kind}" viewBox="0 0 ${shape.width} ${height}" role="img" aria-label="${escapeHtml(caption)}">${grid}${rows}</svg>`;
}

function row(bar, x, rowTop, shape) {
  const { ratio, low, high, goal, atLeast } = bar;
  const kind = goal === undefined ? (ratio <= 1 ? "good" : "bad") : kinds[bar.verdict];
  const from = Math.min(x(1), x(ratio));
  const width = Math.max(1.5, Math.abs(x(ratio) - x(1)));
  const top = rowTop + shape.bar;
  const mid = top + BAR / 2;
  const title = `${bar.label}: ${number(ratio)}, interval ${number(low)} to ${number(high)}${goal === undefined ? "" : `, goal ${atLeast ? "at least" : "at most"} ${goal}`}`;
  const target =
    goal === undefined ? "" : `<path class="goal" d="M${r(x(goal))} ${top + 3}v${BAR - 6}m-3 0h6m-6 ${6 - BAR}h6"/>`;
  const [labelX, labelY, anchor] = shape === wide ? [shape.label - 10, mid + 4, "end"] : [0, rowTop + 14, "start"];
  return `<g><title>${escapeHtml(title)}</title><text class="label" x="${labelX}" y="${labelY}" text-anchor="${anchor}">${escapeHtml(bar.label)}</text><rect class="${kind}" x="${r(from)}" y="${top + 6}" width="${r(width)}" height="${BAR - 12}" rx="2"/><line class="interval" x1="${r(x(low))}" x2="${r(x(high))}" y1="${mid}" y2="${mid}"/>${target}<text class="value" x="${shape.width - 4}" y="${mid + 4}" text-anchor="end">${number(ratio)}${goal === undefined ? "" : ` ${marks[bar.verdict]}`}</text></g>`;
}
const BAR = 26;

const kinds = { meets: "good", undecided: "open", "falls short": "bad" };
/** How a verdict is shown, beside its colour. */
export const marks = { meets: "✓", undecided: "≈", "falls short": "✗" };

const r = (value) => value.toFixed(1);
