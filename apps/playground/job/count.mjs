// The portable goroutine of the job: counts a few texts, on whichever thread it starts.
import { portable } from "@gr/core";
import { add, countText, nothing } from "./text.mjs";

/** Counts `texts` (bytes) and sends the partial result on `partials`, a channel that crosses threads. */
export const countTexts = portable(import.meta.url, "playground:countTexts", function* (texts, partials) {
  const part = nothing();
  for (const bytes of texts) add(part, bytes.length, countText(bytes));
  yield* partials.send(part);
});
