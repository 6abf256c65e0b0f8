// What a page pays for channels: bytes of a tree-shaken program, minified and gzipped.
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
const helloChan = `
import { go, run } from "@gr/core";
import { chan, select } from "@gr/chan";
await run(function* () {
  const c = chan();
  go(function* () { yield* c.send("hello"); });
  console.log(yield* select({ c: c.recv() }));
});`;

test("a hello through a channel and a select costs at most 8 KB over core's", async () => {
  const [core, chan] = [await bundle(hello), await bundle(helloChan)];
  const bytes = gzipSync(chan, { level: 9 }).length - gzipSync(core, { level: 9 }).length;
  expect(core).toContain("hello");
  expect(bytes).toBeGreaterThan(1500);
  expect(bytes).toBeLessThanOrEqual(8 * 1024);
});

test("what only threads need is loaded when they start", async () => {
  const chan = await bundle(helloChan);
  expect(["a thread died while it changed this channel", "SharedArrayBuffer"].filter((s) => chan.includes(s))).toEqual(
    [],
  );
});

test("bridges and timers are not in it", async () => {
  const chan = await bundle(helloChan);
  const names = ["send on closed channel", "ReadableStream", "drop-newest", "getReader", "setInterval", "ticker"];
  expect(names.filter((name) => chan.includes(name))).toEqual(["send on closed channel"]);
});
