import { portable } from "@gr/core";
import "@gr/chan";
import { sched } from "@gr/core/internal";

export const triple = portable(import.meta.url, "app:triple", function* (n) {
  return [n * 3, sched.m.id];
});
export const addTo = portable(import.meta.url, "app:add-to", (words, n) => Atomics.add(words, 0, n));
export const doubles = portable(import.meta.url, "app:doubles", function* (from, to) {
  for (let r = yield* from.recvOk(); r.ok; r = yield* from.recvOk()) yield* to.send(r.value * 2);
  to.close();
});
export const fails = portable(import.meta.url, "app:fails", () => {
  throw new RangeError("as it should");
});
