// The planted bugs of shared things have their places in the text: else planted-shared.mjs would plant nothing.
import { beforeAll, expect, test } from "vitest";
import { readable } from "../src/planted/readable.mjs";
import { fileOf, planted, sharedBugs } from "../src/planted/shared-bugs.mjs";

let files: Awaited<ReturnType<typeof readable>>;
beforeAll(async () => {
  files = [...(await readable("chan", false)), ...(await readable("shm", false)), ...(await readable("sync", false))];
});

test.each(Object.keys(sharedBugs))("there is one place for: %s", (bug) => {
  const found = files.filter(({ path }) => fileOf(bug).test(path));
  expect(found.length).toBe(1);
  expect(() => planted(found[0]!.text, bug)).not.toThrow();
});
