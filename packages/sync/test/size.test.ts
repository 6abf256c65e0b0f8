// What a page pays for mutexes and wait groups: bytes of a tree-shaken program, minified and gzipped.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

interface Bundler {
  build(options: object): Promise<{
    outputFiles: { path: string; text: string }[];
    metafile: { outputs: Record<string, { imports: { kind: string; path: string }[] } | undefined> };
  }>;
}
// The bundler of tsup, which is what users' bundlers are made of or resemble.
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild") as Bundler;

/** The code that a page loads at once for a program, without the chunks that it imports when it needs them. */
async function bundle(program: string): Promise<string> {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    metafile: true,
    outdir: "out",
    write: false,
    conditions: ["@gr/source"],
    external: ["node:*"],
    logLevel: "silent",
  });
  const wanted = new Set(["out/stdin.js"]);
  for (const name of wanted)
    for (const { kind, path } of metafile.outputs[name]?.imports ?? [])
      if (kind === "import-statement") wanted.add(path);
  const files = outputFiles.filter(({ path }) => [...wanted].some((name) => path.endsWith(name)));
  expect(files.length).toBe([...wanted].filter((name) => name.startsWith("out/")).length);
  return files.map(({ text }) => text).join("\n");
}

const hello = `
import { go, run } from "@gr/core";
await run(function* () { yield* go(() => console.log("hello")); });`;
const helloSync = `
import { go, run } from "@gr/core";
import { Mutex, WaitGroup } from "@gr/sync";
await run(function* () {
  const [mu, wg] = [new Mutex(), new WaitGroup()];
  wg.go(function* () { yield* mu.runExclusive(() => console.log("hello")); });
  yield* wg.wait();
});`;

test("a hello with a mutex and a wait group costs at most 4 KB over core's", async () => {
  const [core, sync] = [await bundle(hello), await bundle(helloSync)];
  const bytes = gzipSync(sync, { level: 9 }).length - gzipSync(core, { level: 9 }).length;
  expect(core).toContain("hello");
  expect(bytes).toBeGreaterThan(300);
  expect(bytes).toBeLessThanOrEqual(4 * 1024);
});

test("what only threads need is loaded when they start", async () => {
  const sync = await bundle(helloSync);
  expect(["the thread that held this mutex died", "SharedArrayBuffer"].filter((s) => sync.includes(s))).toEqual([]);
});
