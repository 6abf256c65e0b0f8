import { expect, test } from "vitest";
import { deoptimizationsIn, selfBytes, selfTime, sidesToProfile } from "../lib/profile.mjs";

const frame = (functionName, url = "", lineNumber = 0) => ({ functionName, url, lineNumber });

test("a sample's time belongs to the function on top", () => {
  const nodes = [
    { id: 1, callFrame: frame("(root)") },
    { id: 2, callFrame: frame("send", "file:///a/b/chan.js", 9) },
  ];
  const sum = selfTime({ nodes, samples: [1, 2, 2], timeDeltas: [5, 10, 20] });
  expect([...sum]).toEqual([
    ["(root)", 5],
    ["send  chan.js:10", 30],
  ]);
});

test("bytes belong to the function that allocated them, wherever it was called from", () => {
  const leaf = (bytes) => ({ callFrame: frame("make"), selfSize: bytes, children: [] });
  const head = { callFrame: frame("(root)"), selfSize: 0, children: [leaf(3), { ...leaf(4), children: [leaf(5)] }] };
  expect([...selfBytes(head)]).toEqual([["make", 12]]);
});

test("deoptimizations are counted by function and reason", () => {
  const line = (reason, name) =>
    `[bailout (kind: deopt-eager, reason: ${reason}): begin. deoptimizing 0x1 <JSFunction ${name} (sfi = 0x2)>, opt id 1]`;
  const text = ["noise", line("wrong map", "execute"), line("wrong map", "execute"), line("overflow", "send")].join(
    "\n",
  );
  expect(deoptimizationsIn(text)).toEqual([
    { times: 2, what: "execute  deopt-eager: wrong map" },
    { times: 1, what: "send  deopt-eager: overflow" },
  ]);
});

test("what is profiled is our side, or what was asked for and is no Go", () => {
  const bench = { sides: { gr: {}, "go-2P": { from: "go" }, promises: {} } };
  expect(sidesToProfile(bench, undefined)).toEqual(["gr"]);
  expect(sidesToProfile(bench, ["go-2P", "promises"])).toEqual(["promises"]);
});
