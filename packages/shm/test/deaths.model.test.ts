import { expect, test } from "vitest";
import { ops } from "../src/atomics.ts";
import { inside, keepOut, setDeathWords } from "../src/deaths.ts";
import { holds } from "./model.ts";

// Two threads: lives 0 and 1, places 2 and 3.
const HALF = 4;
const DOOM = 1;
const OTHER = 5;

/** Enters something twice; a change in the middle of which nobody may be stopped is half done while HALF is set. */
const worker = (mem: Int32Array): void => {
  for (let i = 0; i < 2; i++) {
    inside(mem, 1, 64);
    ops.store(mem, HALF, 1);
    ops.store(mem, HALF, 0);
    inside(mem, 1, 0);
    // Another lock, for a moment.
    ops.store(mem, OTHER, 1);
    ops.store(mem, OTHER, 0);
  }
};

test("who is kept out is inside nothing, wherever it was when it was asked", () => {
  const restore = setDeathWords(0, 2);
  const seen = new Set<boolean>();
  try {
    holds({
      words: 6,
      names: { [DOOM]: "DOOM", 3: "PLACE", [HALF]: "HALF" },
      threads: [
        (mem) => {
          const out = keepOut(mem, 1, true, () => ops.load(mem, OTHER) !== 0, 1, 1);
          seen.add(out);
          if (out && ops.load(mem, HALF) !== 0) throw new Error("it was in the middle of a change");
          // Here it would be ended; the model lets it go on.
          ops.store(mem, DOOM, 0);
          ops.notify(mem, DOOM);
        },
        worker,
      ],
    });
  } finally {
    restore();
  }
  expect([...seen].sort()).toEqual([false, true]);
});
