// The workspaces of this repository: every folder that pnpm-workspace.yaml names and that holds a package.json.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Reads a package.json (or any JSON file). */
export function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Lists the workspaces as { dir, path, name, manifest }; `dir` is relative to the root, with forward slashes. */
export function workspaces(root = repositoryRoot) {
  const found = [];
  for (const pattern of patterns(root)) {
    for (const dir of expand(root, pattern)) {
      const file = join(root, dir, "package.json");
      if (!existsSync(file)) continue;
      const manifest = readJson(file);
      found.push({ dir, path: join(root, dir), name: manifest.name, manifest });
    }
  }
  return found;
}

/** Every dependency a manifest names, of whatever kind. */
export function dependenciesOf(manifest) {
  return { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies };
}

// The list is plain (one "- folder" or "- folder/*" a line), so this needs no YAML parser, which would have to be
// installed before the installation.
function patterns(root) {
  const lines = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8").split(/\r?\n/);
  const start = lines.indexOf("packages:");
  const list = [];
  for (const line of lines.slice(start + 1)) {
    const item = /^\s+-\s+["']?([^"'\s]+)/.exec(line);
    if (item === null) break;
    list.push(item[1]);
  }
  return list;
}

function expand(root, pattern) {
  if (!pattern.endsWith("/*")) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  const entries = readdirSync(join(root, parent), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`)
    .sort();
}
