// node build.mjs <bundler> <folder>: builds the app with one bundler, minified where it can.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [, , bundler, outdir] = process.argv;
const app = join(dirname(fileURLToPath(import.meta.url)), "app");
const entries = { "main-node": join(app, "main-node.mjs"), "gr-worker": join(app, "gr-worker.mjs") };

const builds = {
  async esbuild() {
    const { build } = await import("esbuild");
    await build({
      entryPoints: Object.values(entries),
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      outdir,
      outExtension: { ".js": ".mjs" },
    });
  },
  async rollup() {
    const { rollup } = await import("rollup");
    const resolve = {
      name: "resolve",
      resolveId: (id) => (id.startsWith("@gr/") ? fileURLToPath(import.meta.resolve(id)) : null),
    };
    const bundle = await rollup({ input: entries, external: /^node:/, plugins: [resolve] });
    await bundle.write({ dir: outdir, format: "es", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" });
    await bundle.close();
  },
  async webpack() {
    const { default: webpack } = await import("webpack");
    const compiler = webpack({
      mode: "production",
      target: "node20",
      context: app,
      entry: entries["main-node"],
      experiments: { outputModule: true },
      // As it stands webpack knows the module by its old name only.
      module: { parser: { javascript: { worker: ["Worker from node:worker_threads", "..."] } } },
      output: {
        path: outdir,
        module: true,
        chunkFormat: "module",
        filename: "[name].mjs",
        chunkFilename: "[name].mjs",
      },
    });
    const stats = await new Promise((done, failed) => compiler.run((err, built) => (err ? failed(err) : done(built))));
    if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
    await new Promise((done) => compiler.close(done));
  },
  async vite() {
    const { build } = await import("vite");
    const built = { outDir: outdir, emptyOutDir: true };
    await build({ root: app, base: "./", configFile: false, logLevel: "warn", build: built, worker: { format: "es" } });
  },
};
await builds[bundler]();
