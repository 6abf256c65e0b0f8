// Shared by every package's vitest.config.ts: tests run on source, workers on dist.
import { defineConfig, type ViteUserConfig } from "vitest/config";

export function tests(include: string[] = ["test/**/*.test.ts"]): ViteUserConfig {
  return defineConfig({
    resolve: { conditions: ["@gr/source"] },
    ssr: { resolve: { conditions: ["@gr/source"] } },
    test: { include, environment: "node", testTimeout: 30_000 },
  });
}
