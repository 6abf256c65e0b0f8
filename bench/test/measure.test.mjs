import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { measure } from "../lib/measure.mjs";
import { planOf } from "../lib/plan.mjs";
import { runSide } from "../lib/side-process.mjs";

const file = fileURLToPath(new URL("./fixtures/programs.mjs", import.meta.url));
const run = (program, n = 10) => runSide({ file, program }, { n, warm: 0 });

test("a side prints its result, what it cost and its peak of memory", async () => {
  const line = await run("adds");
  expect(line.result).toBe(10);
  expect(line.ns).toBeGreaterThan(0);
  expect(line.rssBytes).toBeGreaterThan(1e6);
  expect(line.version).toBe(process.version);
});

test("a program may say what counts instead of its time", async () => {
  expect(await run("measuresItself")).toMatchObject({ ns: 1234, bytes: 5678 });
});

test("what is missing is told from what fails", async () => {
  expect((await run("noSuchProgram")).unavailable).toMatch(/noSuchProgram/);
  expect((await run("cannotRunHere")).unavailable).toBe("not on this machine");
  expect((await run("throws")).error).toMatch(/something broke/);
  expect((await run("exits")).error).toMatch(/ended with 3 and no result/);
  const missing = fileURLToPath(new URL("./fixtures/needs-a-peer.mjs", import.meta.url));
  expect((await runSide({ file: missing, program: "x" }, { n: 1, warm: 0 })).unavailable).toMatch(/no-such-peer/);
});

test("a wrong result is reported, and the side is left out of the ratios", async () => {
  const bench = {
    name: "fixture",
    topic: "channels",
    title: "",
    metric: "ns",
    n: 10,
    warm: 0,
    program: "chan-make",
    expect: () => 80,
    sides: { gr: {}, "gr-again": { from: "gr" }, "gr-wrong": { from: "gr", program: "chan-nonblocking" } },
    rows: [{ id: "fixture/same", against: "gr-again" }, { against: "gr-wrong" }],
  };
  const seen = [];
  const got = await measure(bench, {
    plan: planOf(bench, { rows: [] }, { rounds: 2 }),
    quick: false,
    go: {},
    tell: (text) => seen.push(text.split("  ").at(-1)),
  });
  // Round by round; the wrong side is not run again.
  expect(seen).toEqual(["gr", "gr-again", "gr-wrong", "gr", "gr-again"]);
  const [gr, again, wrong] = got.sides;
  expect(gr.values).toHaveLength(2);
  expect(again.problem).toBeUndefined();
  expect(wrong).toMatchObject({ problem: { kind: "wrong result", text: "expected 80, got 0" } });
  expect(wrong.values).toBeUndefined();
  expect(got.rows[0]).toMatchObject({ id: "fixture/same", pairs: 2 });
  expect(got.rows[1]).toMatchObject({ id: "fixture/gr-wrong", missing: ["gr-wrong"] });
});

test("a benchmark, or one of its sides, may ask for fewer rounds; who asks for a number gets it", async () => {
  const bench = {
    name: "fixture",
    topic: "channels",
    title: "",
    metric: "ns",
    n: 10,
    warm: 0,
    program: "chan-make",
    rounds: 2,
    sides: { gr: {}, once: { from: "gr", rounds: 1 } },
  };
  const counts = async (rounds) => {
    const plan = planOf(bench, { rows: [] }, { rounds });
    const got = await measure(bench, { plan, quick: false, go: {}, tell: () => {} });
    return [got.rounds, ...got.sides.map(({ values }) => values.length)];
  };
  expect(await counts(undefined)).toEqual([2, 2, 1]);
  expect(await counts(3)).toEqual([3, 3, 3]);
});
