import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { page } from "../report/page.mjs";
import { logScale, logTicks, short } from "../report/scale.mjs";
import { align, disagreement, number, verdicts } from "../report/text.mjs";

const side = (name, median) => ({
  name,
  n: 10,
  source: `bench/suites/x/${name}.mjs`,
  values: [median],
  min: median,
  median,
  max: median,
  spread: 0,
  rssMiB: 1,
  seconds: 1,
});
const bench = (more) => ({
  name: "chan-ping",
  title: "<to & fro>",
  metric: "ns",
  unit: "ns/op",
  noisy: false,
  rounds: 7,
  sides: [side("gr", 50), side("go", 100), side("ts-chan", 900)],
  rows: [
    { id: "chan-ping/go", of: ["gr"], against: ["go"], ratio: 0.5, low: 0.4, high: 0.6, confidence: 0.98, pairs: 7 },
  ],
  ...more,
});
const result = (...benchmarks) => ({
  quick: false,
  load: [0, 0, 0],
  machine: {
    cpu: "a cpu",
    cores: 2,
    memoryGiB: 1,
    system: "os",
    node: "v20",
    v8: "11",
    go: "go1.26",
    commit: "abc",
    date: "today",
  },
  benchmarks,
});
const judged = [{ id: "chan-ping/go", atMost: 0.6, verdict: "meets", got: { ratio: 0.5, low: 0.4, high: 0.6 } }];

test("the page holds machine, goals, bars and links, escapes its texts, and loads nothing", () => {
  const html = page(result(bench()), judged, fileURLToPath(new URL("../results/report.html", import.meta.url)));
  expect(html).toContain("go1.26");
  expect(html).toContain("&lt;to &amp; fro&gt;");
  expect(html).not.toContain("<to & fro>");
  expect(html).toContain('href="../suites/x/ts-chan.mjs"');
  expect(html).toContain("1 of 1 rows meet their goal");
  expect(html).not.toMatch(/https?:|<script|<link|@import|url\(/);
  expect(html).not.toMatch(/NaN|undefined/);
});

test("every chart is there twice, for wide pages and for phones, and a row in units of its own is in a table", () => {
  const size = { id: "size/kb", atMost: 9, unit: "KB", verdict: "falls short", got: { ratio: 12, low: 12, high: 12 } };
  const html = page(result(bench()), [...judged, size]);
  const count = (text) => html.split(text).length - 1;
  expect(count('<svg class="wide"')).toBeGreaterThan(2);
  expect(count('<svg class="narrow"')).toBe(count('<svg class="wide"'));
  expect(html).toMatch(/<td>size\/kb<\/td><td>12\.0<\/td><td>9<\/td><td class="text">✗ falls short/);
});

test("a noisy or quick run says so on the page", () => {
  const html = page({ ...result(bench({ noisy: true })), quick: true }, judged);
  expect(html).toContain("Its numbers mean nothing");
  expect(html).toContain("busy with something else during 1 of 1");
});

test("growth series become curves, also with a capacity of 0 and a side that is missing", () => {
  const at = (x) =>
    bench({
      name: `grow-${x}`,
      series: { name: "grow", title: "cost", axis: "capacity" },
      x,
      rows: [],
      sides: [side("gr", 10 + x), { name: "go", problem: { kind: "not available", text: "no go" } }],
    });
  const html = page(result(at(0), at(1), at(64)), []);
  expect(html.match(/<circle/g)).toHaveLength(3);
  expect(html).not.toMatch(/NaN|Infinity/);
});

test("a logarithmic scale puts 1/2 as far from 1 as 2", () => {
  const x = logScale(0.25, 4, 0, 100);
  expect(x(1)).toBeCloseTo(50);
  expect(x(1) - x(0.5)).toBeCloseTo(x(2) - x(1));
  expect(logTicks(0.09, 11)).toEqual([0.1, 0.2, 0.5, 1, 2, 5, 10]);
  expect(logTicks(1, 1e7)).toEqual([1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7]);
});

test("numbers keep three digits", () => {
  expect([0.1234, 1.234, 12.34, 123.4, 12345].map(number)).toEqual(["0.123", "1.23", "12.3", "123", "12,345"]);
  expect([0.5, 128, 1000, 1_500_000].map(short)).toEqual(["0.5", "128", "1k", "1.5M"]);
});

test("tables put numbers to the right", () => {
  expect(
    align(
      [
        ["a", "n"],
        ["long", "5"],
        ["b", "1,234"],
      ],
      0,
    ),
  ).toBe("a         n\nlong      5\nb     1,234");
});

test("the verdicts count what falls short", () => {
  const text = verdicts([
    ...judged,
    { id: "b/go", atMost: 1, verdict: "falls short", miss: 1.5, got: { ratio: 1.5, low: 1.1, high: 2 } },
    { id: "d/go", atMost: 1, verdict: "undecided", miss: 1.5, got: { ratio: 1.5, low: 0.9, high: 2 } },
    { id: "c/go", atLeast: 1, verdict: "not measured" },
  ]);
  expect(text).toMatch(/b\/go .*falls short, the median misses by 1\.50 times/);
  expect(text).toMatch(/d\/go .*undecided/);
  expect(text).toContain("1 meet their goal, 1 undecided, 1 fall short, 1 not measured");
});

test("two runs are compared by their verdicts: undecided contradicts nothing", () => {
  const run = (...verdicts) => verdicts.map((verdict, i) => ({ id: `row-${i}`, verdict, got: { ratio: 1 } }));
  const now = run("meets", "undecided", "falls short", "meets");
  const text = disagreement(now, run("meets", "meets", "meets"), "old.json");
  expect(text).toContain("beside old.json: 3 rows in both, 1 contradict each other");
  expect(text).toContain("row-1: meets at 1.00, now undecided");
  expect(text).toContain("row-2: meets at 1.00, now falls short");
  expect(text).not.toContain("row-0");
  expect(disagreement(now, now, "old.json")).not.toContain("other verdicts");
});
