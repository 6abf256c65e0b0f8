// The element's style sheet. Colours come from theme.ts as custom properties, so canvas and page cannot differ.

import type { Theme } from "./theme.ts";

/** The custom properties of a theme. */
export function themeVars(theme: Theme): Record<string, string> {
  const vars: Record<string, string> = {};
  for (const [key, value] of Object.entries(theme)) {
    if (typeof value === "string" && key !== "name") vars[`--gr-${key}`] = value;
  }
  theme.fills.forEach((fill, i) => {
    vars[`--gr-fill${i}`] = fill;
  });
  return vars;
}

const stripes = (angle: number, gap = 5): string =>
  `repeating-linear-gradient(${angle}deg, color-mix(in srgb, var(--gr-onFill) 30%, transparent) 0 1.5px, transparent 1.5px ${gap}px)`;
const dots =
  "radial-gradient(color-mix(in srgb, var(--gr-onFill) 34%, transparent) 1px, transparent 1.4px) 0 0 / 5px 5px";
const SLOT_PATTERNS = [
  "",
  stripes(45),
  dots,
  stripes(0),
  stripes(90),
  `${stripes(0)}, ${stripes(90)}`,
  stripes(-45),
  "radial-gradient(color-mix(in srgb, var(--gr-onFill) 34%, transparent) 1.8px, transparent 2px) 0 0 / 7px 7px",
];
const slots = SLOT_PATTERNS.map(
  (p, i) => `.slot${i} { background: ${p === "" ? "" : `${p}, `}var(--gr-fill${i}); }`,
).join("\n");

export const CSS: string = `
:host { display: block; color: var(--gr-ink); font: 14px/1.5 ui-sans-serif, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
:host([hidden]), [hidden] { display: none !important; }
.frame { background: var(--gr-ground); border: 1px solid var(--gr-line); border-radius: 14px; overflow: hidden; }
header { display: flex; flex-wrap: wrap; gap: 10px 20px; align-items: flex-start; padding: 16px 18px 12px; }
.caption { flex: 1 1 340px; margin: 0; font-size: 18px; line-height: 1.45; letter-spacing: -0.005em; text-wrap: pretty; color: var(--gr-soft); }
.caption b { font-weight: 620; color: var(--gr-ink); }
.tools { display: flex; flex-wrap: wrap; gap: 6px; }
button { font: inherit; font-size: 13px; color: var(--gr-ink); background: var(--gr-lane); border: 1px solid var(--gr-line);
  border-radius: 8px; min-height: 32px; min-width: 32px; padding: 3px 11px; cursor: pointer; }
button:hover { border-color: var(--gr-soft); }
button[aria-pressed="true"] { background: var(--gr-ink); color: var(--gr-ground); border-color: var(--gr-ink); }
:focus-visible { outline: 2px solid var(--gr-accent); outline-offset: 2px; }
.mini { display: block; position: relative; margin: 0 18px 4px; height: 40px; border-radius: 6px; overflow: hidden; touch-action: none; cursor: ew-resize; }
canvas { display: block; width: 100%; }
.mini canvas { height: 40px; }
.stage canvas { width: calc(100% - 18px); }
.stage { position: relative; outline-offset: -2px; touch-action: pan-y; cursor: grab; max-height: 72vh; overflow-y: auto; overscroll-behavior: auto; }
.stage:active { cursor: grabbing; }
.tip { position: absolute; pointer-events: none; z-index: 2; max-width: 300px; padding: 6px 10px; border-radius: 8px; font-size: 12.5px; line-height: 1.4;
  background: var(--gr-ink); color: var(--gr-ground); box-shadow: 0 4px 16px rgb(0 0 0 / 0.25); }
.legend { display: flex; flex-wrap: wrap; gap: 6px 28px; padding: 12px 18px 14px; border-top: 1px solid var(--gr-line); font-size: 12.5px; color: var(--gr-soft); }
.legend ul { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 0; padding: 0; }
.legend li { display: inline-flex; gap: 7px; align-items: center; }
.legend i { flex: none; width: 22px; height: 12px; border-radius: 3px; }
${slots}
.state.runnable { background: repeating-linear-gradient(-45deg, var(--gr-runnable) 0 2px, transparent 2px 5px); }
.state.waiting { height: 0 !important; border-top: 2px dashed var(--gr-waiting); border-radius: 0 !important; }
.state.spinning { background: radial-gradient(var(--gr-spinning) 1.2px, transparent 1.5px) 0 0 / 5px 5px; }
.state.hostloop { height: 2px !important; background: var(--gr-hostLoop); }
.state.parked { height: 0 !important; border-top: 2px dotted var(--gr-waiting); border-radius: 0 !important; }
.state.lost { background: repeating-linear-gradient(-45deg, var(--gr-lost) 0 2px, transparent 2px 5px); }
.details { padding: 14px 18px 16px; border-top: 1px solid var(--gr-line); background: var(--gr-lane); }
.details p { margin: 0 0 3px; max-width: 76ch; color: var(--gr-soft); }
.details .lead { font-size: 16px; color: var(--gr-ink); }
.facts { display: flex; flex-wrap: wrap; gap: 6px 24px; margin: 10px 0; }
.facts dt { font-size: 11.5px; color: var(--gr-soft); }
.facts dd { margin: 0; }
.ways { display: flex; flex-wrap: wrap; gap: 6px; }
.ways button { background: var(--gr-ground); }
.keys:not([hidden]) { display: flex; flex-wrap: wrap; gap: 6px 18px; }
.keys { margin: 0; padding: 12px 18px; border-top: 1px solid var(--gr-line); color: var(--gr-soft); font-size: 13px; }
kbd { font: 600 11.5px ui-monospace, monospace; color: var(--gr-ink); border: 1px solid var(--gr-line); border-bottom-width: 2px; border-radius: 5px; padding: 1px 5px; }
.tables { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 2.4fr); gap: 18px; padding: 14px 18px; border-top: 1px solid var(--gr-line); }
.scroll { max-height: 320px; overflow: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
caption { text-align: left; color: var(--gr-soft); padding-bottom: 6px; }
th, td { text-align: left; font-weight: 400; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--gr-line); white-space: nowrap; }
thead th { color: var(--gr-soft); font-size: 12px; position: sticky; top: 0; background: var(--gr-ground); }
td button { min-height: 26px; padding: 0 8px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 700px) {
  header { padding: 14px 14px 10px; } .caption { font-size: 15px; } .mini { margin: 0 14px 4px; } .stage canvas { width: calc(100% - 14px); }
  .legend, .details, .tables, .keys { padding-left: 14px; padding-right: 14px; } .tables { grid-template-columns: minmax(0, 1fr); }
}
@media (forced-colors: active) { .legend i { forced-color-adjust: none; } canvas { forced-color-adjust: none; } }
`;
