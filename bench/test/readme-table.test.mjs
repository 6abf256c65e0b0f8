import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BEGIN, between, END, tableOf } from "../report/readme.mjs";

const budget = {
  rows: [
    { id: "x/go", bench: "x", what: "a thing", against: "Go", atMost: 0.5 },
    { id: "y/go", bench: "y", what: "not run", against: "Go", atMost: 0.5 },
    { id: "z/ms", bench: "z", what: "lateness", against: "", unit: "ms", atMost: 15 },
  ],
};
const machine = {
  cpu: "a cpu",
  cores: 2,
  memoryGiB: 1,
  system: "os",
  node: "v20",
  v8: "11",
  go: "go1.26",
  commit: "abc",
  date: "today",
};
const result = {
  quick: false,
  machine,
  benchmarks: [
    { name: "x", rows: [{ id: "x/go", ratio: 0.25, low: 0.2, high: 0.3 }] },
    { name: "z", rows: [{ id: "z/ms", ratio: 12.3, low: 11, high: 14 }] },
  ],
};

test("the table holds what was measured, and on what", () => {
  const table = tableOf(result, budget);
  expect(table).toContain("| a thing | Go | 0.250 | 0.200–0.300 |");
  expect(table).toContain("| lateness |  | 12.3 ms | 11.0–14.0 |");
  expect(table).not.toContain("not run");
  expect(table).toMatch(/a cpu.*Node v20.*go1\.26.*commit abc.*today/);
});

test("a row that was measured beside other work says so", () => {
  const [x, z] = result.benchmarks;
  const table = tableOf({ ...result, benchmarks: [{ ...x, noisy: true }, z] }, budget);
  expect(table).toContain("| a thing | Go | 0.250 | 0.200–0.300, noisy |");
  expect(table).toContain("| lateness |  | 12.3 ms | 11.0–14.0 |");
  expect(table).toMatch(/Where it says noisy/);
  expect(tableOf(result, budget)).not.toMatch(/noisy/);
});

test("the README has the place for the table", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(between(readme, "new")).toContain(`${BEGIN}\nnew\n${END}`);
});

test("a quick run gives no table", () => {
  expect(() => tableOf({ ...result, quick: true }, budget)).toThrow(/quick/);
});

test("only what is between the markers is replaced, again and again", () => {
  const text = `a\n${BEGIN}\nold\n${END}\nb\n`;
  const once = between(text, "new");
  expect(once).toBe(`a\n${BEGIN}\nnew\n${END}\nb\n`);
  expect(between(once, "new")).toBe(once);
  expect(() => between("no markers", "new")).toThrow(/has no/);
});
