// The only file that knows the bundler. A package's tsup.config.ts names its entries and nothing else.
import { defineConfig } from "tsup";

export type Build = ReturnType<typeof defineConfig>;

// A consumer's lib may be older than Disposable: every declaration file brings that one along.
const DISPOSABLE = '/// <reference lib="esnext.disposable" />';

/**
 * `apart` names modules that only entries import, and each a file of its own: who does not use it does not load what it
 * brings along.
 */
export function library(
  entry: Record<string, string>,
  dts: Record<string, string> = entry,
  apart: readonly string[] = [],
): Build {
  return defineConfig({
    entry: { ...entry, ...Object.fromEntries(apart.map((name) => [name, `src/${name}.ts`])) },
    esbuildPlugins: [keepApart(apart)],
    format: ["esm"],
    target: "es2022",
    platform: "neutral",
    // tsup sets baseUrl itself, which TypeScript 6 calls deprecated.
    dts: {
      entry: dts,
      banner: DISPOSABLE,
      // An entry without exports is a module too.
      footer: "export {};",
      compilerOptions: { ignoreDeprecations: "6.0", customConditions: [] },
    },
    splitting: true,
    sourcemap: true,
    clean: true,
    removeNodeProtocol: false,
    // Constants of one file become numbers in others, as they do when a bundler reads the source: what is loaded later
    // shares no module for their sake (docs/decisions/0006).
    esbuildOptions(options) {
      options.minifySyntax = true;
    },
    external: [/^@gr\//, /^node:/],
  });
}

type Plugin = NonNullable<
  Exclude<Parameters<typeof defineConfig>[0], unknown[] | ((...a: never[]) => unknown)>["esbuildPlugins"]
>[number];

function keepApart(names: readonly string[]): Plugin {
  return {
    name: "keep-apart",
    setup(build) {
      for (const name of names)
        build.onResolve({ filter: new RegExp(`^\\./${name}\\.ts$`) }, ({ kind }) =>
          kind === "import-statement" ? { path: `./${name}.js`, external: true } : undefined,
        );
    },
  };
}
