// What colours, patterns and shapes mean: the functions that ran most, then the states.

import type { SiteFigures } from "../analyse.ts";
import { percent } from "../format.ts";

/** Slots of colour for functions; the last one is for all others. */
export const SLOTS = 8;

const STATES: readonly (readonly [string, string, string])[] = [
  ["runnable", "runnable", "could run, waits for its turn"],
  ["waiting", "waiting", "for a channel, a timer, I/O"],
  ["spinning", "searching", "the thread looks for work"],
  ["hostloop", "event loop", "timers and I/O get their turn"],
  ["parked", "asleep", "the thread uses no CPU"],
];

/** The colour slot of each function, the ones that ran longest first. */
export function slotsOf(names: readonly string[], sites: readonly SiteFigures[]): number[] {
  const order = sites.map((s) => s.name);
  return names.map((name) => {
    const at = order.indexOf(name);
    return at < 0 || at >= SLOTS - 1 ? SLOTS - 1 : at;
  });
}

/** Fills `into`. */
export function showLegend(into: HTMLElement, sites: readonly SiteFigures[], lost: boolean): void {
  const total = sites.reduce((n, s) => n + s.runNs, 0) || 1;
  const items = sites.slice(0, SLOTS - 1).map((s, i) => {
    const name = s.name === "" ? "(no name)" : s.name;
    return item(`slot slot${i}`, name, `${percent(s.runNs / total)} of the run time, ${s.goroutines} goroutines`);
  });
  if (sites.length >= SLOTS) items.push(item(`slot slot${SLOTS - 1}`, "others", "all other functions"));
  const states = STATES.map(([cls, name, why]) => item(`state ${cls}`, name, why));
  if (lost) states.push(item("state lost", "lost", "records were overwritten"));
  into.replaceChildren(list("Functions", items), list("States", states));
}

function item(swatch: string, name: string, why: string): HTMLElement {
  const li = document.createElement("li");
  const sw = document.createElement("i");
  sw.className = swatch;
  sw.setAttribute("aria-hidden", "true");
  const label = document.createElement("span");
  label.textContent = name;
  li.append(sw, label);
  li.title = why;
  const more = document.createElement("span");
  more.className = "sr";
  more.textContent = `: ${why}`;
  li.append(more);
  return li;
}

function list(label: string, items: readonly HTMLElement[]): HTMLElement {
  const ul = document.createElement("ul");
  ul.setAttribute("aria-label", label);
  ul.append(...items);
  return ul;
}
