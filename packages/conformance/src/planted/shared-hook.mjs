// Node's hook that plants the bug which GR_PLANTED_SHARED names, while its module is loaded; see shared-register.mjs.
import { fileOf, planted } from "./shared-bugs.mjs";

const bug = process.env.GR_PLANTED_SHARED ?? "";

/** The packages that have bugs are loaded as planted-shared.mjs has written them (readable.mjs). */
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const url = found.url.replace(/\/packages\/(chan|shm|sync)\/dist\//, "/packages/$1/node_modules/.planted/$1/dist/");
  return { ...found, url };
}

/** The text of a module as it is loaded. */
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (bug === "" || !fileOf(bug).test(url)) return loaded;
  return { ...loaded, source: planted(String(loaded.source), bug) };
}
