import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../check-pack.mjs";
import { countReports, forgetReports, tallyLine } from "../tally.mjs";

const passedTwice = { numPassedTests: 2, numFailedTests: 0, success: true };

/** A repository whose packages have these reports (undefined: none) and what `look` makes of it. */
function withReports(reports, look) {
  const root = temporaryFolder("tally");
  try {
    writeFileSync(join(root.path, "pnpm-workspace.yaml"), "packages:\n  - packages/*\n");
    for (const [name, report] of Object.entries(reports)) {
      const dir = join(root.path, "packages", name);
      mkdirSync(join(dir, ".turbo"), { recursive: true });
      writeFileSync(join(dir, "package.json"), JSON.stringify({ name, scripts: { test: "vitest run" } }));
      if (report !== undefined) writeFileSync(join(dir, ".turbo", "tests.json"), JSON.stringify(report));
    }
    return look(root.path);
  } finally {
    root.remove();
  }
}

test("the sum is over all workspaces", () => {
  const failedOnce = { numPassedTests: 3, numFailedTests: 1, success: false };
  const sum = withReports({ a: passedTwice, b: failedOnce }, countReports);
  assert.deepEqual(sum, { passed: 5, failed: 1, missing: [], titles: [] });
  assert.equal(tallyLine(sum), "5 passed, 1 failed");
});

test("a workspace without a report is a failure with its name", () => {
  const sum = withReports({ a: passedTwice, b: undefined }, countReports);
  assert.deepEqual(sum, { passed: 2, failed: 1, missing: ["b"], titles: [] });
});

test("a file that could not be loaded is a failure, though no test of it failed", () => {
  const unloaded = { numPassedTests: 2, numFailedTests: 0, success: false };
  assert.equal(withReports({ a: unloaded }, countReports).failed, 1);
});

test("a report of an earlier run is not counted again", () => {
  const sum = withReports({ a: passedTwice }, (root) => {
    forgetReports(root);
    return countReports(root);
  });
  assert.deepEqual(sum, { passed: 0, failed: 1, missing: ["a"], titles: [] });
});

test("failed tests are named with their workspace", () => {
  const assertionResults = [
    { status: "passed", fullName: "adds" },
    { status: "failed", fullName: "subtracts" },
  ];
  const report = { numPassedTests: 1, numFailedTests: 1, success: false, testResults: [{ assertionResults }] };
  assert.deepEqual(withReports({ a: report }, countReports).titles, ["a: subtracts"]);
});
