import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { checkLayers } from "../check-layers.mjs";
import { temporaryFolder } from "../check-pack.mjs";
import { layers, rowOf } from "../layers.mjs";

const manifest = (name, more = {}) => JSON.stringify({ name, exports: { ".": "./dist/index.js" }, ...more });
const on = (...names) => Object.fromEntries(names.map((name) => [name, "workspace:^"]));

/** A small repository without a violation. */
const sound = {
  "package.json": JSON.stringify({ devDependencies: { vitest: "4" } }),
  "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - apps/*\n",
  "packages/shm/package.json": manifest("@gr/shm"),
  "packages/shm/src/index.ts": 'export { load } from "./atomics.ts";\n',
  "packages/shm/src/atomics.ts": "export const load = Atomics.load;\n",
  "packages/core/package.json": manifest("@gr/core", { exports: { ".": "", "./internal": "" } }),
  "packages/core/src/index.ts":
    'import "./event-loop-host.ts";\nexport { g } from "./g.ts";\nexport type { M } from "./m.ts";\n',
  "packages/core/src/g.ts": 'import type { M } from "./m.ts";\nexport const g = (m: M): M => m;\n',
  "packages/core/src/m.ts": 'import { g } from "./g.ts";\nexport interface M { process: typeof g }\n',
  "packages/core/src/event-loop-host.ts": "export const now = (): number => performance.now();\n",
  "packages/core/test/g.test.ts": 'import { test } from "vitest";\nsetTimeout(() => test, 0);\n',
  "packages/chan/package.json": manifest("@gr/chan", { dependencies: on("@gr/core", "@gr/shm") }),
  "packages/chan/src/index.ts": 'export { chan } from "./chan.ts";\n',
  "packages/chan/src/chan.ts":
    'import { park } from "@gr/core/internal";\nimport { load } from "@gr/shm";\nexport const chan = [park, load];\n',
  "apps/playground/package.json": manifest("playground", { dependencies: on("@gr/core") }),
  "apps/playground/tool.mjs": 'import "../../scripts/main.mjs";\n',
  "apps/playground/src/main.ts": 'import { g } from "@gr/core";\nconsole.log(g, process.pid);\n',
};

function problemsOf(changes) {
  const root = temporaryFolder("layers");
  try {
    for (const [file, text] of Object.entries({ ...sound, ...changes })) {
      mkdirSync(dirname(join(root.path, file)), { recursive: true });
      writeFileSync(join(root.path, file), text);
    }
    return checkLayers(root.path).problems;
  } finally {
    root.remove();
  }
}

const chan = sound["packages/chan/src/chan.ts"];
const core = sound["packages/core/src/g.ts"];
const planted = [
  [
    "an import up",
    {
      "packages/core/package.json": manifest("@gr/core", {
        exports: { ".": "", "./internal": "" },
        dependencies: on("@gr/chan"),
      }),
      "packages/core/src/g.ts": `import { chan } from "@gr/chan";\n${core}`,
    },
    /g\.ts:1: @gr\/core may not import @gr\/chan/,
  ],
  [
    "an import sideways, even of types",
    {
      "packages/viz/package.json": manifest("@gr/viz", { dependencies: on("@gr/chan") }),
      "packages/viz/src/index.ts": 'export type { Chan } from "@gr/chan";\n',
    },
    /@gr\/viz may not import @gr\/chan/,
  ],
  [
    "an import by import()",
    { "packages/shm/src/atomics.ts": 'export const load = (): unknown => import("@gr/core");\n' },
    /@gr\/shm may not import @gr\/core/,
  ],
  [
    "the inner door from an application",
    { "apps/playground/src/main.ts": 'import { park } from "@gr/core/internal";\n' },
    /only @gr packages may import/,
  ],
  [
    "another package's source, by path",
    { "packages/chan/src/chan.ts": `import "../../core/src/g.ts";\n${chan}` },
    /leaves the package/,
  ],
  [
    "the repository's scripts, by what is no consumer's own script",
    { "packages/chan/tool.mjs": 'import "../../scripts/main.mjs";\n' },
    /leaves the package/,
  ],
  [
    "another package's source, by name",
    { "packages/chan/src/chan.ts": `import "@gr/core/src/g.ts";\n${chan}` },
    /has no entry \.\/src\/g\.ts/,
  ],
  [
    "an application as a library",
    { "packages/chan/src/chan.ts": `import "playground";\n${chan}` },
    /nothing imports playground/,
  ],
  [
    "a circle of files",
    { "packages/core/src/g.ts": `import { m } from "./m.ts";\n${core}` },
    /in a circle: src\/g\.ts -> src\/m\.ts -> src\/g\.ts/,
  ],
  [
    "an inline type import as part of a circle",
    { "packages/core/src/g.ts": core.replace("import type { M }", "import { type M }") },
    /in a circle/,
  ],
  [
    "code in an index",
    { "packages/chan/src/index.ts": "export const chan = 1;\n" },
    /index\.ts:1: an index\.ts holds named re-exports only/,
  ],
  ["export * in an index", { "packages/chan/src/index.ts": 'export * from "./chan.ts";\n' }, /named re-exports only/],
  [
    "an import of the own index",
    { "packages/shm/src/atomics.ts": 'import type {} from "./index.ts";\nexport const load = Atomics.load;\n' },
    /imports the index of their own package/,
  ],
  [
    "a dependency that is not declared",
    { "packages/chan/package.json": manifest("@gr/chan", { dependencies: on("@gr/core") }) },
    /@gr\/shm is not in the dependencies/,
  ],
  [
    "a dependency that is not used",
    { "packages/chan/src/chan.ts": 'export { park as chan } from "@gr/core/internal";\n' },
    /package\.json:1: @gr\/shm is a dependency that no source file imports/,
  ],
  [
    "a tool in the source",
    { "packages/shm/src/atomics.ts": 'import "vitest";\nexport const load = Atomics.load;\n' },
    /vitest is not in the dependencies/,
  ],
  [
    "a Node module in a package for any host",
    { "packages/core/src/g.ts": `import { cpus } from "node:os";\n${core}` },
    /may not import node:os/,
  ],
  [
    "Atomics beside its one file",
    {
      "packages/shm/src/index.ts": 'export { load } from "./ring.ts";\n',
      "packages/shm/src/ring.ts": "export const load = Atomics.load;\n",
    },
    /ring\.ts:1: Atomics may not be named here/,
  ],
  [
    "the clock in core",
    { "packages/core/src/g.ts": `${core}export const t = Date.now();\n` },
    /g\.ts:3: Date\.now may not be named here/,
  ],
  [
    "a timer in core through globalThis",
    { "packages/core/src/g.ts": `${core}globalThis.setTimeout(() => {}, 1);\n` },
    /setTimeout may not be named here/,
  ],
  [
    "process in core",
    { "packages/core/src/g.ts": `${core}export const pid = process.pid;\n` },
    /process may not be named here/,
  ],
  [
    "a package without a row",
    { "packages/extra/package.json": manifest("@gr/extra"), "packages/extra/src/index.ts": "export {};\n" },
    /@gr\/extra has no row/,
  ],
  [
    "a published package that no guard would pack",
    {
      "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - apps/*\n  - scripts\n",
      "scripts/package.json": manifest("scripts", {
        private: true,
        devDependencies: on("@gr/core", "@gr/shm", "playground"),
      }),
    },
    /@gr\/chan is missing from devDependencies/,
  ],
];

test("a sound repository has no violation", () => assert.deepEqual(problemsOf({}), []));

for (const [what, changes, expected] of planted) {
  test(`found: ${what}`, () => assert.match(problemsOf(changes).join("\n"), expected));
}

test("a name that a file declares is its own", () => {
  const local = `${core}export const f = (process: { now: number }): number => process.now;\n`;
  assert.deepEqual(problemsOf({ "packages/core/src/g.ts": local }), []);
});

test("no row reaches itself: the layers are a direction", () => {
  for (const name of Object.keys(layers)) assert.ok(!rowOf(name).includes(name), name);
});
