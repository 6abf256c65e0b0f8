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

/** The goal is 9 KB; reports, dumps and GRDEBUG stand between it and this. It must not grow. */
const MOST_BYTES = 14 * 1024;

test("a hello in a bundle stays within its bytes, needs nothing and names neither Atomics nor Worker", async () => {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: `import { go, run } from ${JSON.stringify(entry)};
        await run(function* () { yield* go(() => console.log("hello")); });`,
      resolveDir: tmpdir(),
      loader: "ts",
    },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
  });
  const code = outputFiles![0]!.text;
  expect(code).not.toMatch(/\bAtomics\b|\bWorker\b/);
  const bytes = gzipSync(code, { level: 9 }).length;
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
