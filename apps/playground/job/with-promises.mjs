// The usual way: promises, as many files at once, all computing on the one thread.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { READERS } from "./readers.mjs";
import { add, countText, isBinary, MAX_BYTES, nothing } from "./text.mjs";

/** Counts all files below root with READERS loops under one Promise.all. */
export async function countWithPromises(root, progress) {
  const sum = nothing();
  const paths = await list(root, sum);
  let next = 0;
  let seen = 0;
  const reader = async () => {
    while (next < paths.length) {
      await count(paths[next++]);
      if (++seen % 256 === 0) progress(seen);
    }
  };
  const count = async (path) => {
    try {
      if ((await stat(path)).size > MAX_BYTES) {
        sum.skipped.huge++;
        return;
      }
      const bytes = await readFile(path);
      if (isBinary(bytes)) sum.skipped.binary++;
      else add(sum, bytes.length, countText(bytes));
    } catch {
      sum.skipped.unreadable++;
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return { result: sum };
}

async function list(dir, sum) {
  let entries;
  try {
    entries = await readdir(dir, { withFileTypes: true });
  } catch {
    sum.skipped.unreadable++;
    return [];
  }
  const below = entries.map((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return list(path, sum);
    return entry.isFile() ? [path] : [];
  });
  return (await Promise.all(below)).flat();
}
