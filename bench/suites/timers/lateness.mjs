import { until } from "@gr/core";
import { quantile } from "../../lib/stats.mjs";

/** Sets n host timers one after the other, 5 ms each; the 99th percentile of how late they were, in milliseconds. */
export function* lateness(n) {
  const late = [];
  for (let i = 0; i < n; i++) {
    late.push(
      yield* until(
        new Promise((resolve) => {
          const due = performance.now() + 5;
          setTimeout(() => resolve(performance.now() - due), 5);
        }),
      ),
    );
  }
  late.sort((a, b) => a - b);
  return Math.max(0, quantile(late, 0.99));
}
