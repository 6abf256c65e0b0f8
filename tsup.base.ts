// The only file that knows the bundler. A package's tsup.config.ts names its entries and nothing else.
import { defineConfig } from "tsup";

export type Build = ReturnType<typeof defineConfig>;

// A consumer's lib may be older than Disposable: every declaration file brings that one along.
const DISPOSABLE = '/// <reference lib="esnext.disposable" />';

export function library(entry: Record<string, string>, dts: Record<string, string> = entry): Build {
  return defineConfig({
    entry,
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
