// Runs the tests in this folder with node:test and leaves the report that scripts/tally.mjs adds up.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs"))
  .map((name) => join(here, name));

const report = { numPassedTests: 0, numFailedTests: 0, success: true };
const events = run({ files, concurrency: 2 });
events.on("test:pass", ({ details, skip }) => {
  if (details.type !== "suite" && skip === undefined) report.numPassedTests += 1;
});
events.on("test:fail", ({ details }) => {
  if (details.type !== "suite") report.numFailedTests += 1;
  report.success = false;
  process.exitCode = 1;
});
events.on("end", () => {
  mkdirSync(join(here, "..", ".turbo"), { recursive: true });
  writeFileSync(join(here, "..", ".turbo", "tests.json"), `${JSON.stringify(report)}\n`);
});
events.compose(spec).pipe(process.stdout);
