import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  entriesOf,
  installAlone,
  pack,
  publicPackages,
  publintProblems,
  runIn,
  temporaryFolder,
  typeProblemsOf,
} from "../check-pack.mjs";
import { rowOf } from "../layers.mjs";
import { readJson } from "../workspaces.mjs";

const folder = temporaryFolder("pack");
after(() => folder.remove());

const packages = publicPackages();
const tarballs = new Map(packages.map((workspace) => [workspace.name, pack(workspace, folder.path)]));

// A space in the path, as on a user's machine.
const consumerOf = (name) => join(folder.path, `consumer of ${name.replace("/", " ")}`);

for (const { name, manifest } of packages) {
  const consumer = consumerOf(name);
  const entries = entriesOf(manifest);

  test(`${name}: publint finds nothing in the tarball`, () => {
    assert.equal(publintProblems(tarballs.get(name)), "");
  });

  test(`${name}: no source file is built into two files, so no entry has state of its own`, () => {
    const dist = join(packages.find((each) => each.name === name).path, "dist");
    const homes = new Map();
    for (const file of readdirSync(dist).filter((each) => each.endsWith(".js.map"))) {
      for (const source of readJson(join(dist, file)).sources) homes.set(source, [...(homes.get(source) ?? []), file]);
    }
    assert.ok(homes.size > 0);
    assert.deepEqual(
      [...homes].filter(([, files]) => files.length > 1),
      [],
    );
  });

  test(`${name} installs with its row alone, and import and require give the same`, () => {
    const row = [...rowOf(name), name];
    const installed = installAlone(
      row.map((each) => tarballs.get(each)),
      consumer,
    );
    assert.deepEqual(installed, ["@gr"]);
    for (const [index, entry] of entries.entries()) {
      const print = "console.log(Object.keys(m).filter((key) => key !== 'module.exports').sort().join());";
      const quoted = JSON.stringify(entry);
      const imported = runIn(consumer, `import${index}.mjs`, `import * as m from ${quoted};\n${print}\n`);
      const required = runIn(consumer, `require${index}.cjs`, `const m = require(${quoted});\n${print}\n`);
      assert.equal(required, imported);
    }
  });
}

test("types resolve for strict consumers of each package, from an ES module and from CommonJS", () => {
  const files = [];
  for (const { name, manifest } of packages) {
    const entries = entriesOf(manifest);
    const imports = entries.map((entry, index) => `import * as m${index} from ${JSON.stringify(entry)};`);
    const requires = entries.map((entry, index) => `import m${index} = require(${JSON.stringify(entry)});`);
    const uses = entries.map((_, index) => `export const keys${index}: string[] = Object.keys(m${index});`);
    for (const [file, lines] of [
      ["types.mts", imports],
      ["types.cts", requires],
    ]) {
      const path = join(consumerOf(name), file);
      writeFileSync(path, `${[...lines, ...uses].join("\n")}\n`);
      files.push(path);
    }
  }
  assert.equal(typeProblemsOf(files), "");
});

test("a tarball whose types are missing is found", () => {
  const broken = temporaryFolder("broken");
  try {
    const manifest = {
      name: "@gr/broken",
      version: "0.0.0",
      license: "MIT",
      type: "module",
      exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
    };
    writeFileSync(join(broken.path, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(broken.path, "index.js"), "export const one = 1;\n");
    const tarball = pack({ dir: "packages/broken", path: broken.path }, folder.path);
    assert.match(publintProblems(tarball), /index\.d\.ts/);
  } finally {
    broken.remove();
  }
});
