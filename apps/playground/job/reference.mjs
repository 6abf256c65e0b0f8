// The plain way: one thread, one file after the other, nothing asynchronous. The others must come to its result.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { add, countText, isBinary, MAX_BYTES, nothing } from "./text.mjs";

/** Counts all files below root. `progress(files)` is told now and then. */
export function countPlainly(root, progress) {
  const sum = nothing();
  let seen = 0;
  const walk = (dir) => {
    let entries;
    try {
      entries = readdirSync(dir, { withFileTypes: true });
    } catch {
      sum.skipped.unreadable++;
      return;
    }
    for (const entry of entries) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) {
        count(path);
        if (++seen % 256 === 0) progress(seen);
      }
    }
  };
  const count = (path) => {
    try {
      if (statSync(path).size > MAX_BYTES) {
        sum.skipped.huge++;
        return;
      }
      const bytes = readFileSync(path);
      if (isBinary(bytes)) sum.skipped.binary++;
      else add(sum, bytes.length, countText(bytes));
    } catch {
      sum.skipped.unreadable++;
    }
  };
  walk(root);
  return { result: sum, seen };
}
