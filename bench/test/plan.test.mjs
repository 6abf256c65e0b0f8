import { expect, test } from "vitest";
import { Progress, planOf, secondsOf } from "../lib/plan.mjs";

const bench = {
  name: "x",
  sides: { gr: {}, go: {}, peer: { rounds: 3 } },
  rows: [{ against: "go" }, { against: "peer" }],
};
const goals = { rows: [{ id: "x/go" }] };
const rounds = (plan) => Object.keys(bench.sides).map((name) => plan.roundsOf(name));

test("sides that a goal is about have all rounds, the others those they ask for, or one in a brief run", () => {
  expect(rounds(planOf(bench, goals))).toEqual([7, 7, 3]);
  expect(rounds(planOf(bench, goals, { brief: true }))).toEqual([7, 7, 1]);
  expect(rounds(planOf(bench, goals, { brief: true, rounds: 2 }))).toEqual([2, 2, 2]);
  expect(planOf(bench, { rows: [] }, { brief: true }).rounds).toBe(1);
});

test("the sides of a best-of and of a speed-up belong to their goals", () => {
  const other = {
    name: "y",
    sides: { gr: {}, a: {}, b: {}, c: {} },
    rows: [{ best: ["a", "b"] }, { id: "y/up", of: ["gr"], against: ["c"] }],
  };
  const plan = (id) => planOf(other, { rows: [{ id }] }, { brief: true });
  expect(["gr", "a", "b", "c"].map(plan("y/best").roundsOf)).toEqual([7, 7, 7, 1]);
  expect(["gr", "a", "b", "c"].map(plan("y/up").roundsOf)).toEqual([7, 1, 1, 7]);
});

test("a goal has five rounds, three where one takes longer than 20 s; without one a minute ends it", () => {
  const goal = planOf(bench, goals);
  expect([4, 5].map((done) => goal.enough(done, 15_000, 3000))).toEqual([false, true]);
  expect(goal.enough(5, 5000, 1000)).toBe(false);
  expect([2, 3].map((done) => goal.enough(done, 90_000, 30_000))).toEqual([false, true]);
  const none = planOf(bench, { rows: [] });
  expect([50_000, 61_000].map((ms) => none.enough(3, ms, 15_000))).toEqual([false, true]);
  expect(planOf(bench, goals, { rounds: 9 }).enough(8, 1e6, 1e6)).toBe(false);
});

test("what a run will take is what it took before, and 1.5 s for each side of which nothing is known", () => {
  const earlier = { benchmarks: [{ name: "x", sides: [{ name: "gr", wallSeconds: 2 }] }] };
  const plan = planOf(bench, goals, { rounds: 2 });
  expect(secondsOf(bench, plan, undefined)).toBe(9);
  expect(secondsOf(bench, plan, earlier)).toBe(10);
  // Ten seconds have passed after the third round of 3.5 s; the fifth ends it.
  expect(secondsOf(bench, planOf(bench, goals, { brief: true }), earlier)).toBe(19);
});

test("progress says the rest, scaled by the pace so far", () => {
  const progress = new Progress([10, 20, 170]);
  expect(`${progress}`).toBe("1 of 3, about 3 min left");
  progress.finished(20);
  expect(`${progress}`).toBe("2 of 3, about 6 min left");
  progress.finished(10);
  expect(`${progress}`).toBe("3 of 3, about 3 min left");
});
