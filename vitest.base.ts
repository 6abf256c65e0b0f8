// Shared by every package's vitest.config.ts: tests run on source, workers on dist.
import { defineConfig, type ViteUserConfig } from "vitest/config";

export type Config = ViteUserConfig;

// Setting conditions replaces Vite's own list, so what a Node program needs of it stands here too.
const conditions = ["@gr/source", "module", "node", "development|production"];

export function tests(include: string[] = ["test/**/*.test.ts"]): Config {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include,
      environment: "node",
      testTimeout: 120_000,
      // The report is what scripts/tally.mjs adds up.
      reporters: ["default", ["json", { outputFile: ".turbo/tests.json" }]],
    },
  });
}
