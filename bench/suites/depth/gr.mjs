import { call, gosched, run } from "@gr/core";

function* descend(depth, n) {
  if (depth > 1) return yield* call(descend, depth - 1, n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    yield* gosched();
    sum++;
  }
  return sum;
}

export const programs = { "call-depth": (n, { depth }) => run(() => call(descend, depth, n)) };
