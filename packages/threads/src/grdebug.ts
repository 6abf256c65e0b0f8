// What GRDEBUG asks of threads; the rest of it is core's.

/** The number after a word of GRDEBUG's text; 0 if it is not there. */
export function asked(text: string | undefined, word: "hog" | "schedtrace"): number {
  const found = new RegExp(`(?:^|,)\\s*${word}=(\\d+)`).exec(text ?? "");
  return found === null ? 0 : Number(found[1]);
}
