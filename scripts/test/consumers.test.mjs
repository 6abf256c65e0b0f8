// Consumers compile: the built declaration files, whole, under each supported TypeScript and both resolutions.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { publicPackages } from "../check-pack.mjs";
import { repositoryRoot as root } from "../workspaces.mjs";

const require = createRequire(import.meta.url);
const COMPILERS = ["5.9", "6.0", "7.0"];
const folder = join(root, "scripts", "consumers");
const programs = readdirSync(folder)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join(folder, name));

const typeTests = publicPackages().flatMap(({ path }) =>
  readdirSync(join(path, "test"))
    .filter((name) => name.endsWith(".test-d.ts"))
    .map((name) => join(path, "test", name)),
);

const STRICT = ["--noEmit", "--ignoreConfig", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
const RESOLUTIONS = {
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
  nodenext: ["--module", "nodenext", "--moduleResolution", "nodenext"],
};

/** What a compiler finds wrong: `file code`, or its words where it says anything else. */
function problems(version, flags, files) {
  const home = dirname(require.resolve(`typescript-${version}/package.json`));
  // 5.9 does not know the flag, and looks for no configuration when it is given files.
  const known = [...STRICT, ...flags].filter((flag) => version !== "5.9" || flag !== "--ignoreConfig");
  const args = [join(home, "bin", "tsc"), ...known, "--isolatedModules", "--target", "es2022", "--pretty", "false"];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args, ...files], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    child.stdout.on("data", (text) => (out += text));
    child.stderr.on("data", (text) => (out += text));
    child.on("close", () => resolve(out.trim().split("\n").filter(Boolean)));
  });
}

for (const version of COMPILERS) {
  test(`TypeScript ${version} is what its name says`, () => {
    const { version: found } = require(`typescript-${version}/package.json`);
    assert.ok(found.startsWith(`${version}.`), found);
  });

  for (const [resolution, flags] of Object.entries(RESOLUTIONS)) {
    test(`TypeScript ${version}, ${resolution}: every package's declarations hold, and the planted error is found`, async () => {
      // No types but its own: 5.9 takes all that it sees otherwise.
      const lib = ["--lib", "es2022,dom", "--typeRoots", join(folder, "none"), "--skipLibCheck", "false"];
      const found = await problems(version, [...flags, ...lib], programs);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0], /^must-fail\.ts\(2,1\): error TS2578: /);
    });
  }

  test(`TypeScript ${version}: the packages' own tests of types hold against what was built`, async () => {
    assert.ok(typeTests.length > 1);
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules", "@types"), "--skipLibCheck"];
    const lib = ["--lib", "es2023,dom,dom.asynciterable,esnext.disposable", "--allowImportingTsExtensions"];
    assert.deepEqual(await problems(version, [...RESOLUTIONS.bundler, ...lib, ...types], typeTests), []);
  });
}
