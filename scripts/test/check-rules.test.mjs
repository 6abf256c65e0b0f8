import assert from "node:assert/strict";
import { test } from "node:test";
import { citations, citedIn, judge, misplaced, numbersIn, rulesOn, withColumn } from "../check-rules.mjs";

const page = [
  "| rule | in Go, and here | status | tested in |",
  "|---|---|---|---|",
  "| go#1 | one | kept | a-suite |",
  "| go#2 | two | deviation: not so | — |",
  "| go#3 | three | n/a: no such thing | — |",
  "| go#4 | four | kept as far as it goes | — |",
].join("\n");

test("ranges are spelt out", () => {
  assert.deepEqual([...numbersIn("go#17-19 and go#4: go#170")], [17, 18, 19, 4, 170]);
});

test("only titles count: strings, also a later argument of each, but not what a comment says", () => {
  const source = [
    "// go#1 in a comment",
    'test("go#2 it holds", () => {',
    "  // as go#3 has it",
    "  test.each([1])(",
    "    `go#4 for %s`,",
    "  ); // go#5",
    "});",
  ].join("\n");
  assert.deepEqual([...citedIn(source)], [2, 4]);
});

test("a number without a row is found, and a kept rule that nobody names; deviations may go without", () => {
  const by = (...names) => citations([["a-suite", names.map((n) => `test("go#${n}")`).join("\n")]]);
  assert.deepEqual(judge(page, by(1)), ["go#4 is said to be kept, untested"]);
  assert.deepEqual(judge(page, by(1, 9)), ["go#9 is named by a-suite only", "go#4 is said to be kept, untested"]);
});

test("a column that says other than the tests do is found, and can be filled anew", () => {
  const by = citations([
    ["a-suite", 'test("go#1 go#4")'],
    ["core/b", 'test("go#4 go#2")'],
  ]);
  assert.deepEqual(judge(page, by), [
    "go#2 is tested in core/b, not in —",
    "go#4 is tested in a-suite, core/b, not in —",
  ]);
  assert.deepEqual(judge(withColumn(page, by), by), []);
  assert.match(withColumn(page, by), /go#4 \| four \| kept as far as it goes \| a-suite, core\/b \|/);
  assert.match(withColumn(withColumn(page, by), new Map()), /go#1 \| one \| kept \| — \|/);
});

test("the table of places: a rule without a row, a file that is gone and a name that is not in its file are found", () => {
  const source = (file) => (file === "core/go.ts" ? "function start() {}" : undefined);
  const table = (...rows) => misplaced(rows.map((row) => `| ${row} |`).join("\n"), rulesOn(page), source);
  assert.deepEqual(table("go#1-2, #4 | all | `core/go.ts` `start`, by `start`"), []);
  assert.deepEqual(table("go#1, #9 | some | `core/go.ts` `tart`; `core/gone.ts` `x`"), [
    "go#1, #9: core/go.ts has no tart",
    "go#1, #9: there is no core/gone.ts",
    "go#9 is no rule",
    "go#2 has no row that says where its code is",
    "go#4 has no row that says where its code is",
  ]);
});
