// The packages as they are built, but with their syntax as it was written: what a planted bug is a change of.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @param {string} name */
const packageOf = (name) => fileURLToPath(new URL(`../../../${name}/`, import.meta.url));

/** Where it lies: from there the package's own dependencies are found. */
export const READABLE = "node_modules/.planted";

/**
 * The files of a package, and where they belong; written there if `write`.
 * @param {string} name
 * @param {boolean} write
 */
export async function readable(name, write) {
  const root = packageOf(name);
  const { outputFiles } = await build({
    entryPoints: [`${root}src/index.ts`],
    outdir: `${root}${READABLE}/${name}/dist`,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    external: ["@gr/*", "node:*"],
    write: false,
  });
  const files = outputFiles.map(({ path, text }) => ({ path: path.replaceAll("\\", "/"), text }));
  if (write) {
    await rm(`${root}${READABLE}`, { recursive: true, force: true });
    await mkdir(`${root}${READABLE}/${name}/dist`, { recursive: true });
    for (const { path, text } of files) await writeFile(path, text);
  }
  return files;
}
