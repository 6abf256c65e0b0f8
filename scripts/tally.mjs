// Adds up the reports that the test runs left behind.
//
// Each workspace's `test` writes .turbo/tests.json: Vitest's JSON report, or the same three fields from the runner of
// scripts/test. turbo keeps that file as an output, so a cached run puts it back and counts as what it was. A workspace
// that has tests and no report has not run to its end: that is one failure, never silence.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readJson, repositoryRoot, workspaces } from "./workspaces.mjs";

function reports(root) {
  return workspaces(root)
    .filter((workspace) => workspace.manifest.scripts?.test !== undefined)
    .map((workspace) => ({ name: workspace.name, file: join(workspace.path, ".turbo", "tests.json") }));
}

/** Removes old reports, so that only what runs now (or comes out of the cache now) is counted. */
export function forgetReports(root = repositoryRoot) {
  for (const { file } of reports(root)) rmSync(file, { force: true });
}

/**
 * Returns { passed, failed, missing, titles }: the sums, the names of the workspaces without a report (counted as failed),
 * and the titles of the failed tests where the reports have them.
 */
export function countReports(root = repositoryRoot) {
  const sum = { passed: 0, failed: 0, missing: [], titles: [] };
  for (const { name, file } of reports(root)) {
    if (!existsSync(file)) {
      sum.missing.push(name);
      sum.failed += 1;
      continue;
    }
    const report = readJson(file);
    sum.passed += report.numPassedTests;
    for (const file of report.testResults ?? [])
      for (const one of file.assertionResults ?? [])
        if (one.status === "failed") sum.titles.push(`${name}: ${one.fullName}`);
    // A file that cannot be loaded has no tests to fail: Vitest then says so by `success` alone.
    sum.failed += report.numFailedTests === 0 && !report.success ? 1 : report.numFailedTests;
  }
  return sum;
}

/** The line that people and `.ci/run` read. */
export function tallyLine({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}
