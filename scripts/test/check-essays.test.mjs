import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkEssays, essayProblems, headings } from "../check-essays.mjs";
import { temporaryFolder } from "../check-pack.mjs";

const essay = (lines) =>
  `import { a } from "./a.ts";\n\n${lines.map((line) => `// ${line}`).join("\n")}\n\nexport {};\n`;
const whole = headings.map((heading) => `${heading} Text.`);

test("a whole essay passes, in line comments and in a block", () => {
  assert.deepEqual(essayProblems(essay(["Parker: one word.", "", ...whole])), []);
  assert.deepEqual(essayProblems(`/*\n * ${whole.join("\n * ")}\n */\nexport {};\n`), []);
});

test("each missing heading is found", () => {
  for (const heading of headings) {
    const problems = essayProblems(essay(whole.filter((line) => !line.startsWith(heading))));
    assert.equal(problems.length, 1, heading);
    assert.ok(problems[0].includes(heading), heading);
  }
});

test("headings out of order are found", () => {
  assert.equal(essayProblems(essay([whole[0], whole[2], whole[1], ...whole.slice(3)])).length, 1);
});

test("an essay of more than 60 lines is found", () => {
  const long = [...whole, ...Array.from({ length: 60 }, () => "more")];
  assert.match(essayProblems(essay(long)).join(), /67 lines/);
});

test("an essay after the first code does not count", () => {
  assert.match(essayProblems(`export const one = 1;\n${essay(whole)}`).join(), /no essay before the code/);
});

test("a file of the list without an essay fails the check, and an absent file is named", () => {
  const root = temporaryFolder("essays");
  try {
    mkdirSync(join(root.path, "packages", "chan", "src"), { recursive: true });
    writeFileSync(join(root.path, "packages", "chan", "src", "select.ts"), "export const select = 1;\n");
    const { problems, read, absent } = checkEssays(root.path);
    assert.deepEqual(read, ["packages/chan/src/select.ts"]);
    assert.equal(problems.length, 1);
    assert.ok(absent.includes("packages/chan/src/chan.ts"));
  } finally {
    root.remove();
  }
});
