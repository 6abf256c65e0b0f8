import { defineConfig } from "vitest/config";
import { type Config, tests } from "../../vitest.base.ts";

// Two kinds of tests: on source, and on the built packages, because workers load those.
const source = tests(["test/**/*.test.ts"]);
const config: Config = defineConfig({
  test: {
    reporters: source.test?.reporters ?? ["default"],
    projects: [
      {
        ...source,
        test: { ...source.test, name: "source", exclude: ["test/**/*.threads.test.ts", "node_modules/**"] },
      },
      {
        test: {
          name: "dist",
          include: ["test/**/*.threads.test.ts"],
          environment: "node",
          testTimeout: 120_000,
          // Real threads on a machine that others use too: what fails twice in a row is broken.
          retry: 1,
          // Loaded by Node itself, so that workers and tests share what is registered under one URL.
          server: { deps: { external: [/\/dist\//, /\/fixtures\//] } },
        },
      },
    ],
  },
});
export default config;
