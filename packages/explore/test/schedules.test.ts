import { expect, test } from "vitest";
import { type Choose, exploreSchedules, exploreSchedulesAsync, mustPass } from "../src/index.ts";

/** Runs step lists in an order of the caller's choice: a scheduler in four lines. */
function interleave(choose: Choose, tasks: (() => void)[][]): void {
  const left = tasks.map((steps) => steps.slice()).filter((steps) => steps.length > 0);
  while (left.length > 0) {
    const i = choose(left.length);
    left[i]!.shift()!();
    if (left[i]!.length === 0) left.splice(i, 1);
  }
}

test("runs every order exactly once", () => {
  const orders: string[] = [];
  const report = exploreSchedules((choose) => {
    let order = "";
    const say = (s: string) => () => {
      order += s;
    };
    interleave(choose, [
      [say("a"), say("b")],
      [say("1"), say("2")],
    ]);
    orders.push(order);
  });
  expect(report).toMatchObject({ runs: 6, complete: true, failure: null });
  expect(new Set(orders).size).toBe(6);
});

const lostUpdate = (choose: Choose): void => {
  let shared = 0;
  const task = (): (() => void)[] => {
    let read = 0;
    const load = (): void => {
      read = shared;
    };
    const store = (): void => {
      shared = read + 1;
    };
    return [load, store];
  };
  interleave(choose, [task(), task()]);
  if (shared !== 2) throw new Error(`lost: ${shared}`);
};

test("finds a planted lost update, names the schedule and replays it", () => {
  const report = exploreSchedules(lostUpdate);
  expect(report.failure?.error).toMatchObject({ message: "lost: 1" });
  const replay = report.failure!.schedule;
  expect(exploreSchedules(lostUpdate, { replay })).toMatchObject({ runs: 1, failure: { schedule: replay } });
  expect(() => mustPass(report)).toThrow(`schedule ${replay}: lost: 1`);
});

test("a seed draws the same runs again, and a failure it finds replays", () => {
  const drawn = (seed: number): string[] => {
    const runs: string[] = [];
    exploreSchedules((choose) => void runs.push([choose(10), choose(10), choose(10)].join("")), { seed, max: 20 });
    return runs;
  };
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
  expect(new Set(drawn(7)).size).toBeGreaterThan(10);
  const { failure } = exploreSchedules(lostUpdate, { seed: 1, max: 100 });
  expect(failure?.seed).toBe(1);
  expect(exploreSchedules(lostUpdate, { replay: failure!.schedule }).failure?.error).toMatchObject({
    message: "lost: 1",
  });
});

test("stops at max and says that it is not complete", () => {
  const report = exploreSchedules((choose) => void [choose(10), choose(10)], { max: 30 });
  expect(report).toMatchObject({ runs: 30, complete: false });
});

test("a body whose choices differ from run to run is refused", () => {
  let run = 0;
  const report = exploreSchedules((choose) => void [choose(3), choose(run++ === 0 ? 3 : 1)]);
  expect(report.failure?.error).toMatchObject({ message: expect.stringContaining("not deterministic") });
});

test("waits for an asynchronous body", async () => {
  const report = await exploreSchedulesAsync(async (choose) => {
    const first = choose(2);
    await null;
    if (first === 1 && choose(2) === 1) throw new Error("found");
  });
  expect(report.failure).toMatchObject({ schedule: "1.1", error: { message: "found" } });
});
