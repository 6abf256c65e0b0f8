import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readBudget } from "../lib/budget.mjs";
import { choose, loadCatalog, resolveSide, workOf } from "../lib/catalog.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const catalog = await loadCatalog();
const go = { binary: "go-programs", version: "go1.26" };

describe("every benchmark", () => {
  test("has a name of its own", () => {
    const names = catalog.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
  test.each(catalog.map((bench) => [bench.name, bench]))(
    "%s has its programs, and compares sides that it has",
    (_, bench) => {
      for (const name of Object.keys(bench.sides)) {
        const side = resolveSide(bench, name, go);
        const file = join(root, side.source);
        expect(existsSync(file), side.source).toBe(true);
        expect(readFileSync(file, "utf8"), `${side.source} holds ${side.program}`).toMatch(
          new RegExp(`["\\s]${side.program}["(,:\\s]`),
        );
      }
      for (const row of bench.rows ?? []) {
        for (const name of [row.absolute ?? row.of ?? "gr", row.against ?? row.best ?? []].flat(2))
          expect(bench.sides).toHaveProperty([name]);
      }
    },
  );
});

test("names choose benchmarks, topics and tags; none chooses all but the growth series", () => {
  const names = (...args) => choose(catalog, args).map(({ name }) => name);
  expect(names("chan-ping")).toEqual(["chan-ping"]);
  expect(names("select", "chan-ping")[0]).toBe("chan-ping");
  expect(names("headline")).toContain("skynet");
  expect(names().some((name) => name.startsWith("grow-"))).toBe(false);
  expect(names("growth").every((name) => name.startsWith("grow-"))).toBe(true);
  expect(() => names("no-such")).toThrow(/no benchmark, topic or tag named no-such/);
});

test("the work is fixed: less of it when quick, and less for a slow side", () => {
  const bench = { name: "x", n: 1000, params: { cap: 1 }, sides: { a: {}, slow: { scale: 10, params: { cap: 2 } } } };
  expect(workOf(bench, "a", false)).toMatchObject({ n: 1000, warm: 100, cap: 1, procs: 1 });
  expect(workOf(bench, "slow", false)).toMatchObject({ n: 100, cap: 2 });
  expect(workOf(bench, "a", true).n).toBe(10);
});

test("the headline rows are those of the budget", () => {
  const headline = choose(catalog, ["headline"]).map(({ name }) => name);
  for (const { bench, id } of readBudget().rows) expect(headline, id).toContain(bench);
});

test("without Go its sides say so", () => {
  const bench = catalog.find(({ sides }) => "go" in sides);
  expect(resolveSide(bench, "go", { unavailable: "go is not installed" }).unavailable).toBe("go is not installed");
});
