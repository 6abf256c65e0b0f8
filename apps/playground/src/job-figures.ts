// The job's figures as cards, bars and a table.

import { el, number } from "./dom.ts";
import type { JobFigures, RunFigures } from "./figures.ts";

/** Fills `into`. */
export function showFigures(into: HTMLElement, f: JobFigures): void {
  into.replaceChildren(result(f), compare(f.runs), spread(f));
}

function result(f: JobFigures): HTMLElement {
  const { files, words, lines, bytes, skipped } = f.result;
  const left = skipped.binary + skipped.huge + skipped.unreadable;
  const list = el("dl", "result");
  const add = (value: string, what: string): void =>
    void list.append(el("div", "", el("dt", "", what), el("dd", "", value)));
  add(number(words), "words");
  add(number(lines), "lines");
  add(number(files), "files");
  add(bytes < 1e7 ? `${(bytes / 1e6).toFixed(1)} MB` : `${number(bytes / 1e6)} MB`, "text");
  add(number(left), `skipped: ${skipped.binary} binary, ${skipped.huge} huge, ${skipped.unreadable} unreadable`);
  return list;
}

function compare(runs: readonly RunFigures[]): HTMLElement {
  const box = el(
    "section",
    "panel",
    el("h2", "", "Against one thread and against promises"),
    el("p", "about", verdict(runs)),
  );
  box.append(
    bars(
      "Time",
      runs,
      (r) => r.ms,
      (v) => (v < 10_000 ? `${number(v)} ms` : `${(v / 1000).toFixed(1)} s`),
    ),
    bars(
      "Peak memory of the process",
      runs,
      (r) => r.peakRssMB,
      (v) => `${number(v)} MB`,
    ),
  );
  const wrong = runs.filter((r) => !r.equal).map((r) => r.name);
  box.append(
    wrong.length === 0
      ? el("p", "same", "✓ All of them found the same counts as a plain single-threaded reference.")
      : el("p", "wrong", `✗ Wrong counts: ${wrong.join("; ")}.`),
  );
  return box;
}

/** What the times say, in a sentence. */
export function verdict(runs: readonly RunFigures[]): string {
  const [first, ...others] = runs;
  if (first === undefined) return "";
  const parts = others.map((r) => {
    const ratio = r.ms / first.ms;
    if (ratio >= 0.98 && ratio <= 1.02) return `was as fast as ${r.name}`;
    return ratio > 1
      ? `was ${ratio.toFixed(2)} times as fast as ${r.name}`
      : `took ${(1 / ratio).toFixed(2)} times as long as ${r.name}`;
  });
  return `${first.name} ${parts.join(" and ")} on this machine, in this run.`;
}

function bars(
  title: string,
  runs: readonly RunFigures[],
  value: (r: RunFigures) => number,
  text: (v: number) => string,
): HTMLElement {
  const max = Math.max(...runs.map(value), 1);
  const box = el("div", "bars", el("h3", "", title));
  runs.forEach((r, i) => {
    const bar = el("i", i === 0 ? "bar first" : "bar");
    bar.style.width = `${(value(r) / max) * 100}%`;
    box.append(
      el("div", "row", el("span", "label", r.name), el("span", "track", bar), el("span", "value", text(value(r)))),
    );
  });
  return box;
}

function spread(f: JobFigures): HTMLElement {
  const s = f.spread;
  const words = `${number(s.goroutines)} goroutines, ${number(s.portables)} of them portable, on ${s.procs} processors: ${number(s.steals)} steals, ${number(s.parks)} parks.`;
  const box = el("section", "panel", el("h2", "", "Where the work went"), el("p", "about", words));
  const max = Math.max(...s.perM.map((m) => m.goroutines), 1);
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const text of ["Thread", "Goroutines", "Steals", "Parks", "Wakes"]) {
    const th = el("th", "", text) as HTMLTableCellElement;
    th.scope = "col";
    head.append(th);
  }
  const body = table.createTBody();
  for (const m of s.perM) {
    const tr = body.insertRow();
    const th = el("th", "", `M${m.m} `, el("span", "kind", m.kind)) as HTMLTableCellElement;
    th.scope = "row";
    const bar = el("i", "bar first");
    bar.style.width = `${(m.goroutines / max) * 100}%`;
    tr.append(th, el("td", "share", el("span", "track", bar), el("span", "value", number(m.goroutines))));
    for (const n of [m.steals, m.parks, m.wakes]) tr.append(el("td", "n", number(n)));
  }
  box.append(table);
  return box;
}
