// docs/go-rules.md and the titles of the suites must say the same.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const page = readFileSync(here("../../../docs/go-rules.md"), "utf8");

/** Rule number to the suites named in its last column. */
const rows = new Map<string, string[]>();
for (const line of page.split("\n")) {
  const cells = /^\| go#(\d+) \|.*\| ([^|]*) \|$/.exec(line);
  if (cells === null) continue;
  const suites = cells[2] === "—" ? [] : cells[2]!.split(", ");
  expect(rows.has(cells[1]!), `go#${cells[1]} stands twice`).toBe(false);
  rows.set(cells[1]!, suites);
}

const sources = ["../src/", "../test/"].flatMap((folder) =>
  readdirSync(here(folder))
    .filter((name) => /(-suite|\.test-d)\.ts$/.test(name))
    .map((name) => [name.replace(/\.ts$/, ""), readFileSync(here(folder + name), "utf8")] as const),
);
// A package whose rules are told by its own tests.
const ofSync = "../../sync/test/";
for (const name of ["mutex", "wait-group"])
  sources.push([`sync/${name}`, readFileSync(here(`${ofSync}${name}.test.ts`), "utf8")]);

/** Suite to the rule numbers in its titles. */
const cited = new Map(
  sources.map(([name, text]) => {
    const titles = text.match(/(test|describe)(\.\w+\([^\n]*?\))*\(\s*["'`][^\n]*/g) ?? [];
    return [name, new Set(titles.flatMap((title) => [...title.matchAll(/go#(\d+)/g)].map((m) => m[1]!)))] as const;
  }),
);

describe("docs/go-rules.md", () => {
  test("every suite it names has a test that carries the number", () => {
    const missing = [...rows].flatMap(([rule, suites]) =>
      suites.filter((suite) => cited.get(suite)?.has(rule) !== true).map((suite) => `go#${rule} in ${suite}`),
    );
    expect(missing).toEqual([]);
  });

  test("every number that a title carries has a row that names the suite", () => {
    const missing = [...cited].flatMap(([suite, rules]) =>
      [...rules].filter((rule) => rows.get(rule)?.includes(suite) !== true).map((rule) => `go#${rule} in ${suite}`),
    );
    expect(missing).toEqual([]);
  });
});
