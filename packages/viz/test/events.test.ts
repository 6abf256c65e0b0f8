import * as core from "@gr/core/internal";
import { expect, test } from "vitest";
import { Ev, GStatus, Metric, SHAPES, WAIT_REASONS } from "../src/events.ts";

test("the numbers of events and metrics equal core's", () => {
  expect(Ev).toEqual(core.Ev);
  expect(Metric).toEqual(core.Metric);
});

test("the statuses equal core's", () => {
  const { Grunnable, Grunning, Gwaiting, Gdead } = core;
  expect(GStatus).toEqual({ Idle: 0, Runnable: Grunnable, Running: Grunning, Waiting: Gwaiting, Dead: Gdead });
});

test("every wait reason of core has the same text here", () => {
  for (const reason of Object.values(core.Wait)) expect(WAIT_REASONS[reason]).toBe(core.waitReasonText(reason));
  expect(WAIT_REASONS.length).toBe(Object.keys(core.Wait).length);
});

test("every event has a name and columns", () => {
  for (const [name, kind] of Object.entries(Ev)) expect(SHAPES.get(kind)?.name).toBe(name);
});
