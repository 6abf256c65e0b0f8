import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { judge, readBudget, record } from "../lib/budget.mjs";
import { loadCatalog } from "../lib/catalog.mjs";

const row = (id, more) => ({ id, bench: id.split("/")[0], measured: null, ...more });
const result = (...rows) => ({
  machine: { date: "2026-01-02", commit: "abc", node: "v20", v8: "11", go: "go1.26", cpu: "a cpu" },
  benchmarks: rows.map((got) => ({ name: got.id.split("/")[0], noisy: false, rows: [got] })),
});

describe("judging a row", () => {
  const verdict = (goal, got) => judge({ rows: [row("x/go", goal)] }, result({ id: "x/go", ...got }))[0];

  test("a ratio at most the goal meets it, a bigger one falls short by how much", () => {
    expect(verdict({ atMost: 0.5 }, { ratio: 0.5, low: 0.4, high: 0.5 })).toMatchObject({
      verdict: "meets",
    });
    expect(verdict({ atMost: 0.5 }, { ratio: 1, low: 0.9, high: 1.1 })).toMatchObject({
      verdict: "falls short",
      miss: 2,
    });
  });
  test("a speed-up must reach its goal from above", () => {
    expect(verdict({ atLeast: 0.9 }, { ratio: 0.95, low: 0.91, high: 1 })).toMatchObject({
      verdict: "meets",
    });
    expect(verdict({ atLeast: 0.9 }, { ratio: 0.45, low: 0.4, high: 0.5 })).toMatchObject({
      verdict: "falls short",
      miss: 2,
    });
  });
  test("an interval that holds the goal decides nothing, whichever side its median is on", () => {
    expect(verdict({ atMost: 1 }, { ratio: 0.9, low: 0.8, high: 1.2 }).verdict).toBe("undecided");
    expect(verdict({ atMost: 1 }, { ratio: 1.1, low: 0.9, high: 1.2 }).verdict).toBe("undecided");
    expect(verdict({ atLeast: 1 }, { ratio: 1.1, low: 0.9, high: 1.2 }).verdict).toBe("undecided");
    expect(verdict({ atLeast: 1 }, { ratio: 1.1, low: 1, high: 1.2 }).verdict).toBe("meets");
  });
  test("a row whose side was missing is not measured, and one that was not run is not listed", () => {
    expect(verdict({ atMost: 1 }, { missing: ["go"] })).toMatchObject({ verdict: "not measured", missing: ["go"] });
    expect(judge({ rows: [row("y/go", { atMost: 1 })] }, result({ id: "x/go", ratio: 1 }))).toEqual([]);
  });
});

describe("recording", () => {
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gr-bench-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("writes the ratio and what it depends on, and leaves other rows and the goals alone", () => {
    const file = join(folder, "budget.json");
    const old = { ratio: 3 };
    const budget = { rows: [row("x/go", { atMost: 0.5 }), row("y/go", { atMost: 2, measured: old })] };
    record(budget, result({ id: "x/go", ratio: 0.123456, low: 0.1, high: 0.2 }), file);
    const [x, y] = JSON.parse(readFileSync(file, "utf8")).rows;
    expect(x).toMatchObject({
      atMost: 0.5,
      measured: { ratio: 0.1235, low: 0.1, high: 0.2, node: "v20", go: "go1.26", date: "2026-01-02", cpu: "a cpu" },
    });
    expect(y).toMatchObject({ atMost: 2, measured: old });
  });
  test("leaves out what a busy machine disturbed, and takes the rest", () => {
    const file = join(folder, "budget.json");
    const budget = { rows: [row("x/go", { atMost: 0.5 }), row("y/go", { atMost: 0.5 })] };
    const run = result({ id: "x/go", ratio: 1, low: 1, high: 1 }, { id: "y/go", ratio: 1, low: 1, high: 1 });
    run.benchmarks[0].noisy = true;
    expect(record(budget, run, file)).toEqual({ recorded: ["y/go"], noisy: ["x/go"] });
    const [x, y] = JSON.parse(readFileSync(file, "utf8")).rows;
    expect(x.measured).toBeNull();
    expect(y.measured.ratio).toBe(1);
  });
  test("refuses a quick run", () => {
    const file = join(folder, "budget.json");
    const quick = { ...result({ id: "x/go", ratio: 1, low: 1, high: 1 }), quick: true };
    expect(() => record({ rows: [row("x/go", { atMost: 0.5 })] }, quick, file)).toThrow(/quick/);
    expect(existsSync(file)).toBe(false);
  });
});

test("every row of budget.json is one that a benchmark reports", async () => {
  const catalog = await loadCatalog();
  for (const { id, bench, atMost, atLeast } of readBudget().rows) {
    const found = catalog.find(({ name }) => name === bench);
    expect(found, id).toBeDefined();
    const ids = found.rows.map((each) => each.id ?? `${bench}/${each.best !== undefined ? "best" : each.against}`);
    expect(ids).toContain(id);
    expect(Number.isFinite(atMost) !== Number.isFinite(atLeast), id).toBe(true);
  }
});
