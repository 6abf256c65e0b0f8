// README blocks: what the documents show is true.
//
// What.  Every ts and js block of README.md, packages/*/README.md and docs/channels.md is a whole program. Its types
//        are checked (against the source of the packages, no build needed), and it runs to its end with exit code 0
//        (against dist, as a user has it). A block that imports vitest runs as a test.
// How.   Blocks are written into scripts/.blocks, from where `@gr/*` resolves as it would for a user. A fragment, marked
//        so in its info string (```ts fragment), does not run; its types are checked unless it is marked `unchecked`
//        too, for code that is meant to be wrong or that no compiler could see whole.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { isMain } from "./main.mjs";
import { repositoryRoot } from "./workspaces.mjs";

const compilerOptions = {
  noEmit: true,
  // A block may leave out the use of what it shows.
  noUnusedLocals: false,
  isolatedDeclarations: false,
  declaration: false,
};

/** The documents whose blocks are programs, as paths relative to the root. */
export function documents(root = repositoryRoot) {
  const readmes = readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`);
  return ["README.md", "docs/channels.md", ...readmes].filter((file) => existsSync(join(root, file)));
}

/** The ts and js blocks of a document as { document, line, language, flags, code }. */
export function blocksOf(document, text) {
  const blocks = [];
  let open = null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fence = /^( *)(`{3,}|~{3,})\s*(.*)$/.exec(line);
    if (open === null && fence !== null) {
      const [language = "", ...flags] = fence[3].trim().split(/\s+/);
      open = { mark: fence[2], indent: fence[1].length, line: index + 1, language, flags, lines: [] };
    } else if (open !== null && fence?.[2].startsWith(open.mark) && fence[3] === "") {
      const language = { ts: "ts", typescript: "ts", js: "js", javascript: "js" }[open.language];
      const { line: at, flags, lines } = open;
      if (language !== undefined) blocks.push({ document, line: at, language, flags, code: `${lines.join("\n")}\n` });
      open = null;
    } else if (open !== null) {
      open.lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
    }
  }
  return blocks;
}

export function allBlocks(root = repositoryRoot) {
  return documents(root).flatMap((file) => blocksOf(file, readFileSync(join(root, file), "utf8")));
}

/** Unknown or useless marks in the info strings: a misspelt `fragment` must not hide a block. */
export function markProblems(blocks) {
  const problems = [];
  for (const block of blocks) {
    const unknown = block.flags.filter((flag) => flag !== "fragment" && flag !== "unchecked");
    if (unknown.length > 0) problems.push(`${place(block)}: unknown mark: ${unknown.join(" ")}`);
    if (block.flags.includes("unchecked") && !isFragment(block)) {
      problems.push(`${place(block)}: only a fragment can be unchecked`);
    }
  }
  return problems;
}

/** Type-checks the blocks in one go; returns problems as lines that name the document. */
export function typeProblems(blocks, folder = blocksFolder()) {
  const checked = blocks.filter((block) => !block.flags.includes("unchecked"));
  const dir = emptied(join(folder, "types"));
  const byFile = new Map();
  for (const [index, block] of checked.entries()) {
    // A name of its own per block, and a module in any case: blocks share no scope.
    const file = join(dir, `${fileStem(block, index)}.${block.language}`).replaceAll("\\", "/");
    writeFileSync(file, block.code);
    byFile.set(file, block);
  }
  const base = ts.readConfigFile(join(repositoryRoot, "tsconfig.base.json"), ts.sys.readFile).config;
  const options = { ...base.compilerOptions, ...compilerOptions, allowJs: true, checkJs: true };
  const parsed = ts.convertCompilerOptionsFromJson(options, folder);
  const program = ts.createProgram([...byFile.keys()], { ...parsed.options, typeRoots: undefined });
  const problems = parsed.errors.map((error) => ts.flattenDiagnosticMessageText(error.messageText, "\n"));
  for (const [file, block] of byFile) {
    const source = program.getSourceFile(file);
    for (const error of [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]) {
      // JavaScript has no way to write the types that strict mode asks for (codes 7000 to 7999).
      if (/^[cm]?jsx?$/.test(block.language) && error.code >= 7000 && error.code < 8000) continue;
      const line = block.line + 1 + source.getLineAndCharacterOfPosition(error.start).line;
      problems.push(`${block.document}:${line}: ${ts.flattenDiagnosticMessageText(error.messageText, "\n")}`);
    }
  }
  return problems;
}

/** Blocks that are run: all but fragments. */
export function programs(blocks) {
  return blocks.filter((block) => !isFragment(block));
}

/** Runs one block against the built packages. Returns null, or what went wrong. */
export function runProblem(block, index, folder = blocksFolder()) {
  const dir = join(folder, "run");
  mkdirSync(dir, { recursive: true });
  const isTest = /from "vitest"/.test(block.code);
  const file = join(dir, `${fileStem(block, index)}${isTest ? ".test" : ""}.mjs`);
  const target = ts.ScriptTarget.ES2022;
  const js = ts.transpileModule(block.code, { compilerOptions: { target, module: ts.ModuleKind.ESNext } }).outputText;
  writeFileSync(file, js);
  const vitest = join(repositoryRoot, "node_modules", "vitest", "vitest.mjs");
  const args = isTest ? [vitest, "run", "--root", dir, relative(dir, file)] : [file];
  // As a plain command: what a test runner put into the environment is not the user's.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(NODE_|VITEST)/.test(key)));
  const result = spawnSync(process.execPath, args, { cwd: dir, env, encoding: "utf8", timeout: 60_000 });
  if (result.status === 0) return null;
  return `${place(block)}: ended with ${result.status ?? result.signal}\n${result.stdout}${result.stderr}`;
}

export function place(block) {
  return `${block.document}:${block.line}`;
}

function isFragment(block) {
  return block.flags.includes("fragment");
}

function fileStem(block, index) {
  return `${block.document.replace(/[^A-Za-z0-9]+/g, "-")}-${index + 1}`;
}

function blocksFolder() {
  return join(repositoryRoot, "scripts", ".blocks");
}

function emptied(dir) {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  return dir;
}

if (isMain(import.meta.url)) {
  const blocks = allBlocks();
  const problems = [...markProblems(blocks), ...typeProblems(blocks)];
  for (const problem of problems) console.error(problem);
  console.log(`README blocks: ${blocks.length} blocks, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
