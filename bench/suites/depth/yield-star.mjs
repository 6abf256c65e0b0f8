// The same with the language's own delegation, which walks the whole chain at each resume.
import { gosched, run } from "@gr/core";

function* descend(depth, n, p) {
  if (depth > 1) return yield* descend(depth - 1, n, p);
  let sum = 0;
  const start = process.hrtime.bigint();
  for (let i = 0; i < n; i++) {
    yield* gosched();
    sum++;
  }
  p.ns = Number(process.hrtime.bigint() - start);
  return sum;
}

export const programs = { "call-depth": (n, p) => run(() => descend(p.depth, n, p)) };
