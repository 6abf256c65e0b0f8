// A thread dies before any one of its steps at a buffer: what it leaves behind.

import { expect, test } from "vitest";
import { broken, ends, gotBy } from "./shared-ends.ts";
import { freed, initChan, type ModelCase, park, valuesOf, X, Y } from "./shared-model.ts";
import { closes, leaving, parked, selects, tries } from "./shared-threads.ts";

const buffer =
  (cap: number, values: readonly number[] = []) =>
  (mem: Int32Array): void => {
    initChan(mem, X, cap, values);
    initChan(mem, Y, 0);
  };

test("a buffer with a blocked sender: no value comes twice, and what the dead had not taken is still there", () => {
  const sender: ModelCase[] = [[X, 2]];
  expect(
    ends(
      [parked(...sender), tries([X, "recv"])],
      (mem) => {
        initChan(mem, X, 1, [1]);
        initChan(mem, Y, 0);
        park(mem, 0, sender);
      },
      (end) => {
        const { mem, dead } = end;
        if (broken(mem)) return;
        const all = [gotBy(end, 1), ...valuesOf(mem, X)].filter((v) => v !== undefined);
        // The receiver may have died with one; the sender, before it was moved in, with its own.
        expect([[1], [2], [1, 2]]).toContainEqual(all);
        if (!dead.includes(true)) expect(all).toEqual([1, 2]);
      },
    ),
  ).toEqual(["closed, died; X broken", "died, 1", "sent, died", "sent, died; X broken", "waits, died"]);
});

test("a put and a get at once, each under its own lock: what the living sent is there, and nothing comes twice", () => {
  expect(
    ends([tries([X, 2]), tries([X, "recv"])], buffer(2, [1]), (end) => {
      const { mem, dead } = end;
      if (broken(mem)) return;
      const left = valuesOf(mem, X);
      const got = gotBy(end, 1);
      // Who died may have taken the first with it, and may have put in the second.
      if (got !== undefined) expect(got).toBe(1);
      expect(left.filter((v) => v === 1).length).toBe(got === 1 ? 0 : dead[1] && !left.includes(1) ? 0 : 1);
      if (gotBy(end, 0) === "sent") expect(left).toContain(2);
      expect(left).toEqual([...left].sort());
    }),
  ).toEqual([
    "closed, died; X broken",
    "died, 1",
    "died, 1; X broken",
    "died, closed; X broken",
    "sent, died",
    "sent, died; X broken",
  ]);
});

test("a receiver comes to an empty buffer while a value comes: it gets that, waits, or is told", () => {
  expect(
    ends([selects([X, "recv"]), tries([X, 7])], buffer(1), (end) => {
      const { mem, dead } = end;
      if (broken(mem) || dead[0]) return;
      const got = gotBy(end, 0);
      if (gotBy(end, 1) === "sent") expect(got).toBe(7);
      expect(valuesOf(mem, X)).toEqual([]);
    }),
  ).toEqual([
    "7, died",
    "7, died; X broken",
    "closed, died; X broken",
    "died, closed; X broken",
    "died, sent",
    "died, sent; X broken",
    "waits, died",
  ]);
});

test("close of a full buffer with a blocked sender: the values stay, the sender is told", () => {
  const sender: ModelCase = [X, 2];
  expect(
    ends(
      [parked(sender), closes(X)],
      (mem) => {
        buffer(1, [1])(mem);
        park(mem, 0, [sender]);
      },
      ({ mem }) => {
        if (!broken(mem)) expect(valuesOf(mem, X)).toEqual([1]);
      },
    ),
  ).toEqual(["closed, died", "closed, died; X broken", "died, true", "waits, died"]);
});

test("close while the last value is taken: the buffer is given back once, or not at all", () => {
  expect(
    ends([closes(X), tries([X, "recv"])], buffer(1, [1]), ({ mem }) => expect(freed(mem)).toBeLessThanOrEqual(1)),
  ).toEqual([
    "died, 1",
    "died, 1; X broken",
    "died, closed; X broken",
    "false, died; X broken",
    "true, died",
    "true, died; X broken",
  ]);
});

test("a cancel at a full buffer: the value is sent whole or not at all", () => {
  const sender: ModelCase = [X, 2];
  expect(
    ends(
      [leaving(sender), tries([X, "recv"])],
      (mem) => {
        buffer(1, [1])(mem);
        park(mem, 0, [sender]);
      },
      (end) => {
        const { mem, dead } = end;
        if (broken(mem) || dead[0]) return;
        const left = valuesOf(mem, X);
        if (!dead[1]) expect([gotBy(end, 1), ...left].includes(2)).toBe(gotBy(end, 0) === "sent");
      },
    ),
  ).toEqual([
    "closed, died; X broken",
    "died, 1",
    "died, 1; X broken",
    "died, closed; X broken",
    "not done, died",
    "not done, died; X broken",
    "sent, died",
    "sent, died; X broken",
  ]);
});
