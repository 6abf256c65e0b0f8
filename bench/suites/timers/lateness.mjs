import { until } from "@gr/core";
import { quantile } from "../../lib/stats.mjs";

/** Takes n ticks of a host timer that is due each millisecond; the 99th percentile of how late they came, in milliseconds. */
export function* lateness(n) {
  const late = yield* until(ticks(n));
  return Math.max(
    0,
    quantile(
      late.sort((a, b) => a - b),
      0.99,
    ),
  );
}

// Plain host code, with no operation of ours between two ticks.
function ticks(n) {
  return new Promise((resolve) => {
    const late = [];
    let due = performance.now() + 1;
    const timer = setInterval(() => {
      const now = performance.now();
      late.push(now - due);
      due = now + 1;
      if (late.length < n) return;
      clearInterval(timer);
      resolve(late);
    }, 1);
  });
}
