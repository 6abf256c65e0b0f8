// The README's table of benchmarks, as text.
import { judge } from "../lib/budget.mjs";
import { describe } from "../lib/machine.mjs";
import { number } from "./text.mjs";

export const BEGIN = "<!-- benchmarks: written by bench/readme-table.mjs -->";
export const END = "<!-- end of benchmarks -->";

/** The table in Markdown: each measured row of the budget, and under it what it was measured on; `report`: its page. */
export function tableOf(result, budget, report) {
  if (result.quick) throw new Error("readme-table: a quick run measures nothing");
  const rows = judge(budget, result).filter(({ got }) => got !== undefined);
  const lines = rows.map((row) => {
    const { ratio, low, high } = row.got;
    const unit = row.unit === undefined ? "" : ` ${row.unit}`;
    return `| ${row.what} | ${row.against} | ${number(ratio)}${unit} | ${number(low)}–${number(high)}${row.noisy ? ", noisy" : ""} |`;
  });
  const noisy = rows.some((row) => row.noisy) ? " Where it says noisy, others used the machine meanwhile." : "";
  return [
    "| what | beside | ratio | interval |",
    "|---|---|--:|--:|",
    ...lines,
    "",
    `A ratio below 1 means that gr is faster or smaller; of a speed-up, more is better.${noisy} ${describe(result.machine).join(". ")}.`,
    ...(report === undefined ? [] : ["", `[The report](${report})`]),
  ].join("\n");
}

/** The text with what is between the markers replaced. */
export function between(text, table) {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`readme-table: the README has no ${BEGIN} … ${END}`);
  return `${text.slice(0, from + BEGIN.length)}\n${table}\n${text.slice(to)}`;
}
