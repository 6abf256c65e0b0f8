import { beforeEach, expect, test } from "vitest";
import { inside, isDead, markDead, numberOf, slotOf } from "../src/deaths.ts";
import { createMemory } from "../src/memory.ts";

let mem: Int32Array;
beforeEach(() => {
  mem = createMemory(1 << 20).i32;
});

test("a slot's next thread has a number of its own, which lives while the first is dead", () => {
  expect(numberOf(mem, 3)).toBe(3);
  expect(isDead(mem, 3)).toBe(false);
  markDead(mem, 3);
  const next = numberOf(mem, 3);
  expect([slotOf(next), isDead(mem, 3), isDead(mem, next), numberOf(mem, 4)]).toEqual([3, true, false, 4]);
});

test("a death that is marked twice is one", () => {
  markDead(mem, 3);
  const next = numberOf(mem, 3);
  markDead(mem, 3);
  expect([numberOf(mem, 3), isDead(mem, next)]).toEqual([next, false]);
});

test("who marks a thread is told where it was", () => {
  inside(mem, 3, 4242);
  expect(markDead(mem, 3)).toBe(4242);
});
