// The portable goroutine of the job: counts one text, on whichever thread it starts.
import { portable } from "@gr/core";
import { countText } from "./text.mjs";

/** Counts `bytes` and sends the partial result on `partials`, a channel that crosses threads. */
export const countFile = portable(import.meta.url, "playground:countFile", function* (bytes, partials) {
  const counts = countText(bytes);
  yield* partials.send({ bytes: bytes.length, words: counts.words, lines: counts.lines });
});
