import assert from "node:assert/strict";
import { after, test } from "node:test";
import { temporaryFolder } from "../check-pack.mjs";
import {
  allBlocks,
  blocksOf,
  documents,
  markProblems,
  place,
  programs,
  runProblem,
  typeProblems,
} from "../check-readme.mjs";

const folder = temporaryFolder("blocks");
after(() => folder.remove());

const fence = "```";
const planted = (info, code) => blocksOf("planted.md", `text\n\n${fence}${info}\n${code}\n${fence}\n`);

test("the blocks of the documents carry known marks only", () => {
  assert.deepEqual(markProblems(allBlocks()), []);
});

for (const [index, block] of programs(allBlocks()).entries()) {
  test(`${place(block)} runs to its end`, () => assert.equal(runProblem(block, index), null));
}

test("a block with a type error is found, and named by its line", () => {
  const problems = typeProblems(planted("ts", 'const n: number = "one";'), folder.path);
  assert.equal(problems.length, 1);
  assert.match(problems[0], /^planted\.md:4: /);
});

test("a fragment is type-checked as well, an unchecked one is not", () => {
  const wrong = 'const n: number = "one";';
  assert.equal(typeProblems(planted("ts fragment", wrong), folder.path).length, 1);
  assert.equal(typeProblems(planted("ts fragment unchecked", wrong), folder.path).length, 0);
});

test("a block that throws is found", () => {
  const [block] = planted("ts", 'const text: string = "boom";\nthrow new Error(text);');
  assert.match(runProblem(block, 0, folder.path), /^planted\.md:3: ended with 1\n.*boom/s);
});

test("a block that runs to its end is no problem", () => {
  const [block] = planted("ts", "const n: number = 1;\nif (n !== 1) throw new Error();");
  assert.equal(runProblem(block, 1, folder.path), null);
});

test("a misspelt mark does not hide a block", () => {
  const blocks = planted("ts fragmnet", "throw new Error();");
  assert.equal(programs(blocks).length, 1);
  assert.equal(markProblems(blocks).length, 1);
});

test("blocks of other languages are left alone, and js counts", () => {
  assert.equal(planted("sh", "exit 1").length, 0);
  assert.equal(planted("js", "1;").length, 1);
});

test("documents names files that exist", () => {
  for (const file of documents()) assert.match(file, /^(README\.md|docs\/channels\.md|packages\/[^/]+\/README\.md)$/);
});
