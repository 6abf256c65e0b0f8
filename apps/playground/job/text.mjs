// What the job counts, and what it leaves out. Shared by every way of doing it, so that they do the same work.

/** Larger files are skipped and counted as huge. */
export const MAX_BYTES = 2 * 1024 * 1024;
/** A NUL byte in the first this many bytes makes a file binary, as git has it. */
const SNIFF_BYTES = 8000;

const decoder = new TextDecoder();
const WORD = /[\p{L}\p{N}_]+/gu;

/** True if the bytes are no text. */
export function isBinary(bytes) {
  const at = bytes.indexOf(0);
  return at !== -1 && at < SNIFF_BYTES;
}

/** Words (runs of letters, digits and underscores of any script) and lines of one text. */
export function countText(bytes) {
  const text = decoder.decode(bytes);
  let words = 0;
  WORD.lastIndex = 0;
  while (WORD.test(text)) words++;
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  if (text.length > 0 && !text.endsWith("\n")) lines++;
  return { words, lines };
}

/** An empty result. */
export function nothing() {
  return { files: 0, words: 0, lines: 0, bytes: 0, skipped: { binary: 0, huge: 0, unreadable: 0 } };
}

/** Adds one file's counts to a result. */
export function add(sum, bytes, counts) {
  sum.files++;
  sum.bytes += bytes;
  sum.words += counts.words;
  sum.lines += counts.lines;
}

/** True if two ways of doing the job came to the same result. */
export function sameResult(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
