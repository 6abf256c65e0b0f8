import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mergeResults, newestResult, readResult, writeResult } from "../lib/results.mjs";

const result = (names, machine = {}, more = {}) => ({
  format: 1,
  quick: false,
  load: [0, 0, 0],
  machine: { date: "2026-11-24T10:00:00.000Z", cpu: "a cpu", commit: "abc", changed: false, go: "go1.26", ...machine },
  benchmarks: names.map((name) => ({ name, rounds: 1, rows: [], sides: [] })),
  ...more,
});

test("results of one machine, commit and day are put together in the catalog's order; the last counts", () => {
  const late = result(["a", "b"], { date: "2026-11-24T12:00:00.000Z" });
  late.benchmarks[1].rounds = 5;
  const merged = mergeResults([result(["c", "b"]), late], ["a", "b", "c"]);
  expect(merged.benchmarks.map(({ name, rounds }) => [name, rounds])).toEqual([
    ["a", 1],
    ["b", 5],
    ["c", 1],
  ]);
  expect(merged.machine.date).toBe("2026-11-24T10:00:00.000Z");
});

test.each([
  ["commit", { commit: "def" }],
  ["cpu", { cpu: "another" }],
  ["day", { date: "2026-11-25T00:00:00.000Z" }],
  ["changed", { changed: true }],
])("another %s is not put together with it", (what, machine) => {
  expect(() => mergeResults([result(["a"]), result(["b"], machine)], [])).toThrow(
    new RegExp(`commit and day: ${what}`),
  );
});

test("a quick run is not put together with a full one", () => {
  expect(() => mergeResults([result(["a"]), result(["b"], {}, { quick: true })], [])).toThrow(/quick/);
});

test("a result is written whole or not at all, and the newest of a folder is found", () => {
  const folder = mkdtempSync(join(tmpdir(), "gr-bench-"));
  try {
    writeResult(join(folder, "2026-01-01.json"), result(["a"]));
    writeResult(join(folder, "2026-02-01.json"), result(["b"]));
    expect(readdirSync(folder)).toEqual(["2026-01-01.json", "2026-02-01.json"]);
    expect(newestResult(folder).benchmarks[0].name).toBe("b");
    writeResult(join(folder, "x.json"), { format: 2 });
    expect(() => readResult(join(folder, "x.json"))).toThrow(/no result of this program/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
