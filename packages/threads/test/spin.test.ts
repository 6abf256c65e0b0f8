import { expect, test } from "vitest";
import { Found, Spin } from "../src/spin.ts";

const WORD = 3;
const empty = (): Int32Array => new Int32Array(new SharedArrayBuffer(64));
const nothing = (): number => Found.Nothing;

/** A spin whose clock goes on by 10 µs at each look at it. */
function makeSpin(): Spin {
  let now = 0;
  return new Spin(() => {
    now += 0.01;
    return now;
  });
}

/** How many waits it leaves out before the next. */
function leavesOut(spin: Spin): number {
  let n = 0;
  while (!spin.due()) n++;
  return n;
}

test("a wait ends when its word is set, and when a look has an answer", () => {
  const mem = empty();
  mem[WORD] = 1;
  const spin = makeSpin();
  expect(spin.wait(mem, WORD, nothing)).toBe(true);
  mem[WORD] = 0;
  let looks = 0;
  expect(spin.wait(mem, WORD, () => (++looks === 3 ? Found.Something : Found.Nothing))).toBe(true);
  expect(looks).toBe(3);
  expect(spin.wait(mem, WORD, () => Found.GiveUp)).toBe(false);
  expect(spin.wait(mem, WORD, nothing)).toBe(false);
});

test("each wait in vain leaves out more of the next ones, up to a limit; one that finds something none", () => {
  const mem = empty();
  const spin = makeSpin();
  expect(leavesOut(spin)).toBe(0);
  const left: number[] = [];
  for (let i = 0; i < 9; i++) {
    spin.wait(mem, WORD, nothing);
    left.push(leavesOut(spin));
  }
  expect(left).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64]);
  spin.wait(mem, WORD, () => Found.Something);
  expect(leavesOut(spin)).toBe(0);
  spin.wait(mem, WORD, nothing);
  expect(leavesOut(spin)).toBe(1);
});

test("a wait that is given up counts neither way", () => {
  const mem = empty();
  const spin = makeSpin();
  spin.wait(mem, WORD, () => Found.GiveUp);
  expect(leavesOut(spin)).toBe(0);
  spin.wait(mem, WORD, nothing);
  leavesOut(spin);
  spin.wait(mem, WORD, () => Found.GiveUp);
  spin.wait(mem, WORD, nothing);
  expect(leavesOut(spin)).toBe(2);
});
