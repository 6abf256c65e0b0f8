// The planted bugs of shared things have their places in what is built: else planted-shared.mjs would plant nothing.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fileOf, planted, sharedBugs } from "../src/planted/shared-bugs.mjs";

const built = ["chan", "shm"].flatMap((name) => {
  const dist = fileURLToPath(new URL(`../../${name}/dist/`, import.meta.url));
  return readdirSync(dist).map((file) => ({ name: `/${name}/dist/${file}`, path: dist + file }));
});

test.each(Object.keys(sharedBugs))("there is one place for: %s", (bug) => {
  const files = built.filter(({ name }) => fileOf(bug).test(name));
  expect(files.length).toBe(1);
  expect(() => planted(readFileSync(files[0]!.path, "utf8"), bug)).not.toThrow();
});
