import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, numbersIn } from "../check-rules.mjs";

const page = [
  "| go#1 | one | kept | a-suite |",
  "| go#2 | two | deviation: not so | — |",
  "| go#3 | three | n/a: no such thing | — |",
  "| go#4 | four | kept as far as it goes | — |",
].join("\n");

test("ranges are spelt out", () => {
  assert.deepEqual([...numbersIn("go#17-19 and go#4: go#170")], [17, 18, 19, 4, 170]);
});

test("a number without a row is found, and a kept rule that nobody cites; deviations may go without", () => {
  assert.deepEqual(judge(page, new Set([1, 4])), { unknown: [], untested: [] });
  assert.deepEqual(judge(page, new Set([1, 9, 5])), { unknown: [5, 9], untested: [4] });
});
