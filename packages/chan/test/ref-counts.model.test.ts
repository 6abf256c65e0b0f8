// Two of three isolates let go of a channel while a goroutine of the third comes to wait: that one learns that it is alone.

import { dropRef, isAlone, leftAlone, ops } from "@gr/shm";
import { expect, test } from "vitest";
import { HOLDERS, RECVQ, REF_WORDS, REFS, SENDQ } from "../src/shared-words.ts";
import { GATE, holds, initChan, park, X } from "./shared-model.ts";
import { note, seen } from "./shared-threads.ts";

const leaves = (mem: Int32Array, m: number): number => {
  const told = dropRef(mem, X, REF_WORDS, m) === 1 ? leftAlone(mem, X, REF_WORDS) : -1;
  if (told >= 0) ops.store(mem, GATE, 1);
  return told;
};

test.each(["recv", 7] as const)("whoever waits alone has seen it, or is told (%s)", (what) => {
  holds({
    open: [X + REFS, X + HOLDERS, X + RECVQ, X + SENDQ],
    init: (mem) => {
      initChan(mem, X, 0);
      mem[X + REFS] = 3;
      mem[X + HOLDERS] = 1 + 2 + 3;
    },
    threads: [
      (mem, m) => {
        park(mem, m, [[X, what]]);
        return isAlone(mem, X, REF_WORDS);
      },
      leaves,
      leaves,
    ],
    check: ({ mem, results }) => {
      const [saw, ...told] = results as [boolean, number, number];
      expect(mem[X + REFS]).toBe(1);
      expect(saw || told.includes(0)).toBe(true);
      // Nobody else is told.
      expect(told.every((m) => m === 0 || m === -1)).toBe(true);
      note([saw, told.includes(0)]);
    },
  });
  expect(seen()).toEqual(["[false,true]", "[true,false]", "[true,true]"]);
});
