// The suites over an implementation with one bug planted in it; see planted.mjs.
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  resolve: { conditions: ["@gr/source"] },
  ssr: { resolve: { conditions: ["@gr/source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    // These two are about the documentation and about the table of bugs.
    exclude: ["test/go-rules.test.ts", "test/planted.test.ts"],
    environment: "node",
    setupFiles: ["src/planted/setup.ts"],
    testTimeout: 3000,
    dangerouslyIgnoreUnhandledErrors: true,
  },
});

export default config;
