import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { child, esbuild } from "./child.ts";

const entry = fileURLToPath(new URL("../src/index.ts", import.meta.url));

const scratch = mkdtempSync(join(tmpdir(), "gr-copy-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let copies = 0;

/** A whole copy of the package in one file, as an install of its own would bring it. */
async function copy(name: string, protocol?: number): Promise<string> {
  const outfile = join(scratch, `${name}-${copies++}.mjs`);
  const plugins =
    protocol === undefined
      ? []
      : [
          {
            name: "protocol",
            setup(build: { onLoad(f: { filter: RegExp }, cb: (a: { path: string }) => unknown): void }) {
              build.onLoad({ filter: /src[\\/]sched\.ts$/ }, ({ path }) => ({
                contents: readFileSync(path, "utf8").replace(/PROTOCOL = \d+/, `PROTOCOL = ${protocol}`),
                loader: "ts",
              }));
            },
          },
        ];
  await esbuild.build({ entryPoints: [entry], bundle: true, format: "esm", target: "es2022", outfile, plugins });
  return JSON.stringify(outfile);
}

describe("two copies of the package", () => {
  test("a second copy with the same protocol adopts the first: they wake, join and count each other's goroutines", async () => {
    const [a, b] = [await copy("a"), await copy("b")];
    const { out, err } = await child(`
      const [a, b] = [await import(${a}), await import(${b})];
      console.log(a.go !== b.go);
      console.log(await a.run(function* () {
        const g = b.go(function* () { yield* b.sleep(1); return 20; });
        const h = a.go(function* () { return yield* g; });
        return [a.numGoroutine(), b.numGoroutine(), yield* b.timeout(g, 60_000), yield* h];
      }));`);
    expect(err).toBe("");
    expect(out).toBe("true\n[ 3, 3, 20, 20 ]\n");
  });

  test("a second copy with another protocol is refused at import, naming both", async () => {
    const [a, b] = [await copy("a"), await copy("b", 99)];
    const { out } = await child(`
      await import(${a});
      await import(${b}).catch((err) => console.log(err.message));`);
    expect(out).toMatch(/two incompatible copies of @gr\/core are loaded: protocols \d+ and 99; install one version/);
  });
});

/** Loaded at start, see docs/decisions/0006. And with the parts that are loaded when they are needed. Neither may grow. */
const MOST_BYTES = 9 * 1024;
const MOST_BYTES_IN_ALL = 15.3 * 1024;

interface Chunk {
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

test.each([
  ["of the source", entry],
  // Its files are cut by the build, not as the modules are.
  ["of what is published", fileURLToPath(new URL("../dist/index.js", import.meta.url))],
])(
  "a hello in a bundle %s stays within its bytes, needs nothing and names neither Atomics nor Worker",
  async (_, entry) => {
    const outdir = join(scratch, "hello");
    const { outputFiles, metafile } = (await esbuild.build({
      stdin: {
        contents: `import { go, run, sleep } from ${JSON.stringify(entry)};
        await run(function* () { yield* go(function* () { yield* sleep(1); console.log("hello"); }); });`,
        resolveDir: scratch,
        loader: "ts",
      },
      bundle: true,
      splitting: true,
      minify: true,
      write: false,
      metafile: true,
      format: "esm",
      target: "es2022",
      platform: "browser",
      outdir,
      absWorkingDir: scratch,
    })) as unknown as {
      outputFiles: readonly { path: string; text: string }[];
      metafile: { outputs: Record<string, Chunk> };
    };
    const gzipped = (paths: Iterable<string>): number =>
      [...paths].reduce((sum, path) => {
        const { text } = outputFiles.find((f) => f.path === join(scratch, path))!;
        expect(text).not.toMatch(/\bAtomics\b|\bWorker\b/);
        return sum + gzipSync(text, { level: 9 }).length;
      }, 0);
    const { outputs } = metafile;
    const [first] = Object.keys(outputs).filter((path) => outputs[path]!.entryPoint === "<stdin>");
    const start = new Set([first!]);
    for (const path of start)
      for (const { path: next, kind } of outputs[path]!.imports) if (kind === "import-statement") start.add(next);
    const [bytes, inAll] = [gzipped(start), gzipped(Object.keys(outputs))];
    console.log(`hello: ${bytes} bytes at start, ${inAll} in all`);
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    // What is loaded later is whole in itself: a module that both need would be a request more at the start.
    expect(start.size).toBe(1);
    expect(inAll).toBeGreaterThan(bytes);
    expect(inAll).toBeLessThanOrEqual(MOST_BYTES_IN_ALL);
  },
);
