// Given to Node by --import, in the tests' processes and in their workers: plants the bug that GR_PLANTED_SHARED names.
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";
import { planted } from "./shared-bugs.mjs";

const bug = process.env.GR_PLANTED_SHARED ?? "";

/** Node's hook: the text of a module as it is loaded. */
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (bug === "" || !/\/chan\/dist\/index\.js$/.test(url)) return loaded;
  return { ...loaded, source: planted(String(loaded.source), bug) };
}

// Workers of a process share its hooks.
if (isMainThread && bug !== "") register(import.meta.url);
