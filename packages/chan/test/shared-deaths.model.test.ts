// A thread dies before any one of its steps: what it leaves behind. Channels with a buffer: shared-deaths-buffer.

import { expect, test } from "vitest";
import { ends, gotBy } from "./shared-ends.ts";
import { initChan, type ModelCase, park, X, Y } from "./shared-model.ts";
import { cancelled, closes, leaving, parked, selects, tries } from "./shared-threads.ts";

const unbuffered = (mem: Int32Array): void => {
  initChan(mem, X, 0);
  initChan(mem, Y, 0);
};

test("sender and receiver: the survivor goes on, waits for another, or is told that the channel is broken", () => {
  expect(ends([selects([X, 7]), selects([X, "recv"])], unbuffered)).toEqual([
    "closed, died; X broken",
    "died, 7",
    "died, 7; X broken",
    "died, closed; X broken",
    "died, waits",
    "sent, died",
    "sent, died; X broken",
    "waits, died",
  ]);
});

test("two selects in opposite orders: the same, and a channel that nobody was in is not broken", () => {
  // The first is parked already: it can still die on its way out.
  const first: ModelCase[] = [
    [X, 1],
    [Y, "recv"],
  ];
  expect(
    ends([parked(...first), selects([Y, 2], [X, "recv"])], (mem) => {
      unbuffered(mem);
      park(mem, 0, first);
    }),
  ).toEqual([
    "2, died",
    "2, died; X broken",
    "2, died; Y broken",
    "closed, died; Y broken",
    "died, sent",
    "died, sent; X broken",
    "died, waits",
    "waits, died",
  ]);
});

test("close and a blocked receiver: it wakes though its closer died before it could tell it", () => {
  expect(ends([selects([X, "recv"]), closes(X)], unbuffered)).toEqual([
    "closed, died",
    "closed, died; X broken",
    "died, false; X broken",
    "died, true",
    "died, true; X broken",
    "waits, died",
  ]);
});

test("a select that sends and receives on one channel leaves both its queues when it is met, whoever dies", () => {
  const both: ModelCase[] = [
    [X, 1],
    [X, "recv"],
  ];
  expect(
    ends([parked(...both), tries([X, "recv"])], (mem) => {
      unbuffered(mem);
      park(mem, 0, both);
    }),
  ).toEqual([
    "closed, died; X broken",
    "died, 1",
    "died, 1; X broken",
    "died, not done",
    "sent, died",
    "sent, died; X broken",
    "waits, died",
  ]);
});

test("a cancel: the partner never meets one that has left, and a death while leaving breaks the channel or nothing", () => {
  expect(ends([cancelled([X, "recv"]), tries([X, 7])], unbuffered)).toEqual([
    "7, died",
    "7, died; X broken",
    "closed, died; X broken",
    "died, closed; X broken",
    "died, not done",
    "died, not done; X broken",
    "died, sent",
    "not done, died",
    "not done, died; X broken",
  ]);
});

test("a cancelled select leaves both channels, or dies on its way out of one of them", () => {
  const two: ModelCase[] = [
    [X, 7],
    [Y, "recv"],
  ];
  expect(
    ends([leaving(...two), tries([Y, 8])], (mem) => {
      unbuffered(mem);
      park(mem, 0, two);
    }),
  ).toEqual([
    "8, died",
    "8, died; Y broken",
    "closed, died; Y broken",
    "died, closed; Y broken",
    "died, not done",
    "died, not done; X broken",
    "died, not done; Y broken",
    "died, sent",
    "died, sent; X broken",
    "not done, died",
    "not done, died; Y broken",
  ]);
});

test("two receivers wait and one dies: a value goes to the other, or to the dead one before its death was known", () => {
  const recv: ModelCase = [X, "recv"];
  const seen = ends(
    [parked(recv), parked(recv), tries([X, 7])],
    (mem) => {
      unbuffered(mem);
      for (const m of [0, 1]) park(mem, m, [recv]);
    },
    (end) => {
      const got = [gotBy(end, 0), gotBy(end, 1)].filter((v) => v === 7).length;
      // At most once; and if the sender was told that it came, only a dead receiver can have it.
      expect(got).toBeLessThanOrEqual(1);
      if (gotBy(end, 2) === "sent" && !end.dead[0] && !end.dead[1]) expect(got).toBe(1);
    },
  );
  expect(seen).toEqual([
    "7, closed, died; X broken",
    "7, died, sent",
    "7, waits, died",
    "closed, closed, died; X broken",
    "died, 7, sent",
    "died, waits, sent",
    "waits, waits, died",
  ]);
});
