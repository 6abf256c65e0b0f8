import { expect, test } from "vitest";
import * as w from "../src/layout-words.ts";

const words = Object.entries(w) as readonly (readonly [string, number])[];
const KINDS = {
  "an M": (name: string) => name.startsWith("M_") && name !== "M_WORDS",
  "a P": (name: string) => name.startsWith("P_") && name !== "P_WORDS",
  Sched: (name: string, at: number) => !/^[MP]_/.test(name) && at >= 16 && at < w.M0,
};

test.each(Object.entries(KINDS))("no two words of %s are one", (_, is) => {
  const at = words.filter(([name, word]) => is(name, word)).map(([, word]) => word);
  expect(at.length).toBeGreaterThan(3);
  expect(new Set(at).size).toBe(at.length);
});
