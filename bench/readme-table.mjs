// `node bench/readme-table.mjs [result.json]`: writes the README's table of benchmarks, from a stored result, between its
// two markers. Without a file: the newest of bench/results. With --check it writes nothing, and fails if the README says
// something else.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMain } from "../scripts/main.mjs";
import { judge, readBudget } from "./lib/budget.mjs";
import { describe } from "./lib/machine.mjs";
import { number } from "./report/text.mjs";

export const BEGIN = "<!-- benchmarks: written by bench/readme-table.mjs -->";
export const END = "<!-- end of benchmarks -->";

const results = fileURLToPath(new URL("./results/", import.meta.url));
const readme = fileURLToPath(new URL("../README.md", import.meta.url));

/** The table in Markdown: each measured row of the budget, and under it what it was measured on. */
export function tableOf(result, budget) {
  if (result.quick) throw new Error("readme-table: a quick run measures nothing");
  const rows = judge(budget, result).filter(({ got }) => got !== undefined);
  const lines = rows.map((row) => {
    const { ratio, low, high } = row.got;
    const unit = row.unit === undefined ? "" : ` ${row.unit}`;
    return `| ${row.what} | ${row.against} | ${number(ratio)}${unit} | ${number(low)}–${number(high)} |`;
  });
  return [
    "| what | beside | ratio | interval |",
    "|---|---|--:|--:|",
    ...lines,
    "",
    `A ratio below 1 means that gr is faster or smaller; of a speed-up, more is better. ${describe(result.machine).join(". ")}.`,
  ].join("\n");
}

/** The text with what is between the markers replaced. */
export function between(text, table) {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`readme-table: the README has no ${BEGIN} … ${END}`);
  return `${text.slice(0, from + BEGIN.length)}\n${table}\n${text.slice(to)}`;
}

function newest() {
  const files = readdirSync(results).filter((file) => file.endsWith(".json"));
  const byDate = files.map((file) => join(results, file)).sort((a, b) => (dateOf(a) < dateOf(b) ? 1 : -1));
  if (byDate.length === 0) throw new Error("readme-table: bench/results holds no result yet");
  return byDate[0];
}
const dateOf = (file) => JSON.parse(readFileSync(file, "utf8")).machine.date;

function main(args) {
  const file = args.find((arg) => !arg.startsWith("--")) ?? newest();
  const old = readFileSync(readme, "utf8");
  const text = between(old, tableOf(JSON.parse(readFileSync(file, "utf8")), readBudget()));
  if (!args.includes("--check")) return writeFileSync(readme, text);
  if (text !== old) throw new Error(`readme-table: the README's table is not that of ${file}`);
}

if (isMain(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (err) {
    console.error(err.message);
    process.exitCode = 1;
  }
}
