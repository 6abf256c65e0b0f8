import { portable } from "@gr/core";
import { sched } from "@gr/core/internal";

export const triple = portable(import.meta.url, "app:triple", function* (n) {
  return [n * 3, sched.m.id];
});
export const addTo = portable(import.meta.url, "app:add-to", (words, n) => Atomics.add(words, 0, n));
export const fails = portable(import.meta.url, "app:fails", () => {
  throw new RangeError("as it should");
});
