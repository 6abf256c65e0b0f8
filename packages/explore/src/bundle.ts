// What a page loads of a program: its bundle, minified, and the bytes of that after gzip.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

interface Output {
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}
interface Bundler {
  build(options: object): Promise<{
    readonly outputFiles: readonly { readonly path: string; readonly text: string }[];
    readonly metafile: { readonly outputs: Readonly<Record<string, Output>> };
  }>;
}
// The bundler of tsup, which is what users' bundlers are made of or resemble.
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild") as Bundler;

export interface Bundle {
  /** What the program loads at its start. */
  readonly start: string;
  /** Files at the start: one, unless a part that is loaded later shares a module with it. */
  readonly files: number;
  /** Bytes of the start, each file zipped by itself. */
  readonly bytes: number;
  /** The same with what is loaded later. */
  readonly bytesInAll: number;
}

/** Bundles the source of a module that imports packages as the module `from` does (its import.meta.url). */
export async function bundle(program: string, from: string): Promise<Bundle> {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL(".", from)) },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    splitting: true,
    metafile: true,
    outdir: "out",
    write: false,
    conditions: ["@gr/source"],
    external: ["node:*"],
    logLevel: "silent",
  });
  const { outputs } = metafile;
  const text = (path: string): string => {
    const file = outputFiles.find((each) => each.path.replaceAll("\\", "/").endsWith(`/${path}`));
    if (file === undefined) throw new Error(`bundle: the bundler wrote no ${path}`);
    return file.text;
  };
  const bytes = (paths: Iterable<string>): number =>
    [...paths].reduce((sum, path) => sum + gzipSync(text(path), { level: 9 }).length, 0);
  const start = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === "<stdin>"));
  if (start.size !== 1) throw new Error("bundle: the bundler wrote no start");
  for (const path of start)
    for (const { path: next, kind, external } of (outputs[path] as Output).imports)
      if (kind === "import-statement" && external !== true) start.add(next);
  return {
    start: [...start].map(text).join("\n"),
    files: start.size,
    bytes: bytes(start),
    bytesInAll: bytes(Object.keys(outputs)),
  };
}
