import { portable } from "@gr/core";
import { sched } from "@gr/core/internal";

export const triple = portable(import.meta.url, "app:triple", function* (n) {
  return [n * 3, sched.m.id];
});
export const fails = portable(import.meta.url, "app:fails", () => {
  throw new RangeError("as it should");
});
