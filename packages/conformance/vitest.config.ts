import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { type Config, tests } from "../../vitest.base.ts";

const source = tests();
const dist = fileURLToPath(new URL("./dist/", import.meta.url));

// Two kinds of tests: on source; and on what is built, because workers load that.
const config: Config = defineConfig({
  test: {
    reporters: source.test?.reporters ?? ["default"],
    projects: [
      {
        ...source,
        test: { ...source.test, name: "source", exclude: ["test/**/*.threads.test.ts", "node_modules/**"] },
      },
      {
        // Bodies are the built ones in tests too: a portable is registered under one URL in the whole program.
        resolve: {
          alias: [
            { find: /^\.\/(task|programs\/[a-z-]+)\.ts$/, replacement: `${dist}$1.js` },
            { find: /^\.\.\/src\/(task|programs\/[a-z-]+)\.ts$/, replacement: `${dist}$1.js` },
          ],
        },
        test: {
          name: "threads",
          include: ["test/**/*.threads.test.ts"],
          environment: "node",
          testTimeout: 120_000,
          // Real threads on a machine that others use too: what fails twice in a row is broken.
          retry: 1,
          server: { deps: { external: [/\/dist\//] } },
        },
      },
    ],
  },
});
export default config;
