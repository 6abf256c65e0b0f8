// The look of the page, in the light and in the dark.
export const style = `
:root { color-scheme: light dark; --page: #fcfcfb; --ink: #16181d; --dim: #5d636e; --line: #dfe1e5; --card: #ffffff;
  --gr: #2a78d6; --go: #1a9a86; --peer: #a9afb9; --good: #2a78d6; --bad: #d95926; --open: #b08a1e; --note: #fdf1e3; }
@media (prefers-color-scheme: dark) { :root { --page: #14161a; --ink: #e8eaee; --dim: #9aa1ad; --line: #2d3138;
  --card: #1b1e24; --gr: #4d95ee; --go: #2fb59f; --peer: #6b7280; --good: #4d95ee; --bad: #e8743f; --open: #d3a93a; --note: #33271a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 940px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 20px; margin: 44px 0 6px; }
h3 { font-size: 15px; margin: 26px 0 2px; }
p { margin: 6px 0; max-width: 70ch; }
.dim { color: var(--dim); }
.note { background: var(--note); border-radius: 6px; padding: 10px 14px; margin: 16px 0; }
.scroll { overflow-x: auto; }
main > p.dim { max-width: none; }
svg.narrow { display: none; }
@media (max-width: 640px) { svg.wide { display: none; } svg.narrow { display: block; max-width: 420px; } }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink); }
svg .tick { fill: var(--dim); font-size: 11px; }
svg .value { font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--line); }
svg .one { stroke: var(--dim); }
svg .interval { stroke: var(--ink); stroke-width: 1.5; }
svg .goal { stroke: var(--ink); stroke-width: 1.5; fill: none; }
svg .good { fill: var(--good); } svg .bad { fill: var(--bad); } svg .open { fill: var(--open); }
svg .gr { fill: var(--gr); } svg .go { fill: var(--go); } svg .peer { fill: var(--peer); }
svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .curve.gr { stroke: var(--gr); } svg .curve.go { stroke: var(--go); }
.grid2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 20px; margin-top: 12px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; }
figcaption { font-size: 13px; margin-bottom: 4px; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; min-width: 620px; width: 100%; }
th, td { text-align: right; padding: 3px 8px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child, td.text, th.text { text-align: left; }
td.title { text-align: left; white-space: normal; }
th { color: var(--dim); font-weight: 500; }
a { color: var(--gr); }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, monospace; }
`;
