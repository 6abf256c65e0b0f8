// `node bench/readme-table.mjs [result.json]`: writes the README's table of benchmarks, from a stored result, between its
// two markers. Without a file: the newest of bench/results. With --check it writes nothing, and fails if the README says
// something else.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readBudget } from "./lib/budget.mjs";
import { between, tableOf } from "./report/readme.mjs";

const results = fileURLToPath(new URL("./results/", import.meta.url));
const readme = fileURLToPath(new URL("../README.md", import.meta.url));

function newest() {
  const files = readdirSync(results).filter((file) => file.endsWith(".json"));
  const byDate = files.map((file) => join(results, file)).sort((a, b) => (dateOf(a) < dateOf(b) ? 1 : -1));
  if (byDate.length === 0) throw new Error("readme-table: bench/results holds no result yet");
  return byDate[0];
}
const dateOf = (file) => JSON.parse(readFileSync(file, "utf8")).machine.date;

/** The report page that lies beside a result, as the README names it. */
function reportOf(file) {
  const page = file.replace(/\.json$/, ".html");
  return existsSync(page) ? relative(dirname(readme), resolve(page)).replaceAll("\\", "/") : undefined;
}

function main(args) {
  const file = args.find((arg) => !arg.startsWith("--")) ?? newest();
  const old = readFileSync(readme, "utf8");
  const text = between(old, tableOf(JSON.parse(readFileSync(file, "utf8")), readBudget(), reportOf(file)));
  if (!args.includes("--check")) return writeFileSync(readme, text);
  if (text !== old) throw new Error(`readme-table: the README's table is not that of ${file}`);
}

try {
  main(process.argv.slice(2));
} catch (err) {
  console.error(err.message);
  process.exitCode = 1;
}
