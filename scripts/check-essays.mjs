// Essays: each file that holds a hard protocol opens with its explanation.
//
// What.  A file of the list below, if it exists, opens (before any code but imports) with one comment of at most 60
//        lines that has the seven headings in this order.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMain } from "./main.mjs";
import { repositoryRoot } from "./workspaces.mjs";

/** The files with an essay, by package. */
export const essays = {
  shm: ["parker", "futex-mutex", "deque", "codec"],
  core: ["schedule", "op-base"],
  threads: ["sysmon", "idle"],
  chan: ["chan", "select", "shared-chan", "promote"],
  sync: ["mutex", "shared-count", "shared-hold", "promote"],
  viz: ["events"],
};

export const headings = ["What.", "Words.", "How.", "Invariants.", "The hard part.", "Rejected.", "Sources."];

const maxLines = 60;

/** Returns { problems, read, absent } for the repository at `root`. */
export function checkEssays(root = repositoryRoot) {
  const problems = [];
  const read = [];
  const absent = [];
  for (const [name, files] of Object.entries(essays)) {
    for (const file of files) {
      const path = `packages/${name}/src/${file}.ts`;
      if (!existsSync(join(root, path))) {
        absent.push(path);
        continue;
      }
      read.push(path);
      const text = readFileSync(join(root, path), "utf8");
      for (const problem of essayProblems(text)) problems.push(`${path}: ${problem}`);
    }
  }
  return { problems, read, absent };
}

/** What is wrong with the essay of one file; an empty list if nothing is. */
export function essayProblems(text) {
  const comment = openingComments(text).find((lines) => lines.some((line) => startsWith(line, headings[0])));
  if (comment === undefined) return [`no essay before the code: expected a comment with the heading "${headings[0]}"`];
  const problems = [];
  if (comment.length > maxLines) problems.push(`the essay has ${comment.length} lines, expected at most ${maxLines}`);
  let from = 0;
  for (const heading of headings) {
    const at = comment.findIndex((line, index) => index >= from && startsWith(line, heading));
    if (at === -1) problems.push(`the essay lacks "${heading}" or has it out of order`);
    else from = at + 1;
  }
  return problems;
}

function startsWith(line, heading) {
  return line === heading || line.startsWith(`${heading} `);
}

/** The comments before the first statement that is not an import, each as its lines without the comment marks. */
function openingComments(text) {
  const comments = [];
  let comment = null;
  let inBlock = false;
  let inImport = false;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (inImport) {
      inImport = !line.endsWith(";");
    } else if (inBlock || line.startsWith("//") || line.startsWith("/*")) {
      if (comment === null) {
        comment = [];
        comments.push(comment);
      }
      if (line.startsWith("/*")) inBlock = true;
      if (inBlock && line.endsWith("*/")) inBlock = false;
      comment.push(line.replace(/^(\/\/|\/\*+|\*\/|\*)\s*/, "").replace(/\s*\*\/$/, ""));
    } else {
      comment = null;
      if (line.startsWith("import ") || line.startsWith("import{")) inImport = !line.endsWith(";");
      else if (line !== "") break;
    }
  }
  return comments;
}

if (isMain(import.meta.url)) {
  const { problems, read, absent } = checkEssays();
  for (const problem of problems) console.error(problem);
  const note = absent.length === 0 ? "" : `; not there: ${absent.join(", ")}`;
  console.log(`essays: ${read.length} files, ${problems.length} violations${note}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
