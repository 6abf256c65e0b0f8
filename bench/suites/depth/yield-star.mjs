// The same with the language's own delegation, which walks the whole chain at each resume.
import { gosched, run } from "@gr/core";

function* descend(depth, n) {
  if (depth > 1) return yield* descend(depth - 1, n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    yield* gosched();
    sum++;
  }
  return sum;
}

export const programs = { "call-depth": (n, { depth }) => run(() => descend(depth, n)) };
