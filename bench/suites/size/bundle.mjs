import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * A program of hello/, bundled and minified: bytes after gzip of the chunks that it loads at its start, or of all, those
 * that are loaded later too.
 */
async function bytesOf(name, all) {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./hello/${name}.mjs`, import.meta.url))],
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "node",
    outdir: "out",
    metafile: true,
    write: false,
  });
  const outputs = Object.entries(metafile.outputs);
  const start = outputs.find(([, { entryPoint }]) => entryPoint?.endsWith(`hello/${name}.mjs`))[0];
  const chunks = all ? outputs.map(([path]) => path) : [...loaded(metafile.outputs, start)];
  return chunks.reduce((sum, path) => sum + zipped(outputFiles, path), 0);
}

/** The chunk and what it imports, and what that imports, as long as it does so at once. */
function loaded(outputs, path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const { path: next, kind, external } of outputs[path].imports)
    if (kind === "import-statement" && !external) loaded(outputs, next, seen);
  return seen;
}

function zipped(files, path) {
  const file = files.find((each) => each.path.replaceAll("\\", "/").endsWith(`/${path}`));
  return gzipSync(file.contents, { level: 9 }).length;
}

const KB = 1024;

export const programs = {
  async "bundle-size"(_n, { hello, over, all }) {
    const bytes = await bytesOf(hello, all);
    return (bytes - (over === undefined ? 0 : await bytesOf(over, false))) / KB;
  },
};
