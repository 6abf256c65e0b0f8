// Runs a program that is given as text in a process of its own, on a bundle of the source.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
// esbuild is no dependency of ours: the bundler of the repository brings it along.
export const esbuild = createRequire(require.resolve("tsup"))("esbuild") as {
  build(options: Record<string, unknown>): Promise<{ outputFiles?: { contents: Uint8Array; text: string }[] }>;
};

const here = dirname(fileURLToPath(import.meta.url));
const bundles = mkdtempSync(join(tmpdir(), "gr-core-"));
process.once("exit", () => rmSync(bundles, { recursive: true, force: true }));
let made = 0;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Bundles an ES module that may import @gr/core and @gr/core/internal; gives the file. */
export async function bundle(source: string, options: Record<string, unknown> = {}): Promise<string> {
  const outfile = join(bundles, `${made++}.mjs`);
  await esbuild.build({
    stdin: { contents: source, resolveDir: here, sourcefile: "program.ts", loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    conditions: ["@gr/source"],
    outfile,
    logLevel: "error",
    ...options,
  });
  return outfile;
}

interface ChildOptions {
  readonly node?: readonly string[];
  readonly env?: Record<string, string>;
  /** Told each line that it writes; may answer on its input or with a signal. */
  readonly onLine?: (line: string, send: { input(text: string): void; signal(name: "SIGUSR2"): void }) => void;
}

/** Runs a program to its end. */
export async function child(source: string, options: ChildOptions = {}): Promise<Ended> {
  return run(await bundle(source), options);
}

/** Runs the program of a file to its end. */
export function run(file: string, options: ChildOptions = {}): Promise<Ended> {
  const p = spawn(process.execPath, [...(options.node ?? []), file], {
    env: { ...process.env, NODE_OPTIONS: "", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  p.stdout.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.split("\n").filter((l) => l !== "")) {
      options.onLine?.(line, { input: (t) => void p.stdin.end(t), signal: (name) => void p.kill(name) });
    }
    out += text;
  });
  p.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((resolve) => p.on("close", (code) => resolve({ code, out, err })));
}
