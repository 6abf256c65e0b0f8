// Mutation test of the protocols over shared words in packages/shm.
//
// For each file below, every line that touches a shared word is dropped, swapped with the next one, or has its operation
// replaced by a weaker one. Each mutant is then run against that file's model tests: a mutant that passes them all shows
// a line that no test needs. Survivors must stand, with a sentence each, in packages/shm/test/EQUIVALENT.md.
//
//   node scripts/mutate-shm.mjs [file] [--list]
//
// Ends with 1 if there is a survivor that is not listed, or a listed one that does not exist or does not survive.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { firstFailure } from "./vitest-report.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const shm = join(root, "packages/shm");
const FILES = ["futex-mutex", "parker", "deque", "inbox", "mpmc-ring", "idle-words", "trace-ring"];
const LIMIT_MS = 120_000;

const [only] = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const files = FILES.filter((file) => (only === undefined || file === only) && existsSync(join(shm, `src/${file}.ts`)));

/** Splits the arguments of a call at `open`, the index of its parenthesis. */
function callAt(text, open) {
  const args = [];
  let depth = 0;
  let from = open + 1;
  for (let i = open; i < text.length; i++) {
    if ("([{".includes(text[i])) depth++;
    else if (")]}".includes(text[i])) {
      depth--;
      if (depth === 0) {
        args.push(text.slice(from, i).trim());
        return { args, end: i + 1 };
      }
    } else if (text[i] === "," && depth === 1) {
      args.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  return null;
}

/** Weaker forms of one operation; `x` are its arguments. */
const WEAKER = {
  compareExchange: [
    ["blind", (x) => `(ops.store(${x[0]}, ${x[1]}, ${x[3]}), ${x[2]})`],
    [
      "split",
      (x) => `((o) => (o === (${x[2]}) && ops.store(${x[0]}, ${x[1]}, ${x[3]}), o))(ops.load(${x[0]}, ${x[1]}))`,
    ],
  ],
  exchange: [["split", (x) => `((o) => (ops.store(${x[0]}, ${x[1]}, ${x[2]}), o))(ops.load(${x[0]}, ${x[1]}))`]],
  sub: [["split", (x) => `((o) => (ops.store(${x[0]}, ${x[1]}, o - ${x[2]}), o))(ops.load(${x[0]}, ${x[1]}))`]],
  and: [["split", (x) => `((o) => (ops.store(${x[0]}, ${x[1]}, o & ${x[2]}), o))(ops.load(${x[0]}, ${x[1]}))`]],
  or: [["split", (x) => `((o) => (ops.store(${x[0]}, ${x[1]}, o | ${x[2]}), o))(ops.load(${x[0]}, ${x[1]}))`]],
  wait: [["uncompared", (x) => `ops.wait(${x[0]}, ${x[1]}, ops.load(${x[0]}, ${x[1]}))`]],
  notify: [["to nobody", (x) => `ops.notify(${x[0]}, ${x[1]}, 0)`]],
  waitAsync: [],
};

const isStatement = (line) =>
  /^\s*(ops\.\w+\(|if \(.*\) ops\.\w+\(|(const|let) .* = .*ops\.\w+\(|\w+ = ops\.|\w+\[\w+\] = ops\.).*;$/.test(line);
const touches = (line) => /\bops\.\w+\(|\bwaitAsync\(|this\.tryTake\(/.test(line);

function mutantsOf(file) {
  const source = readFileSync(join(shm, `src/${file}.ts`), "utf8");
  const lines = source.split("\n");
  const mutants = [];
  const add = (line, kind, changed) =>
    mutants.push({ file, line: line + 1, kind, text: lines[line].trim(), source: changed.join("\n") });
  lines.forEach((line, i) => {
    if (/^\s*(\/\/|\*|\/\*|import|export \{)/.test(line) || !touches(line)) return;
    if (isStatement(line) && !/^\s*(const|let) /.test(line)) add(i, "drop", lines.with(i, ""));
    // Swap with the next statement of the same block, comments in between aside.
    let next = i + 1;
    while (/^\s*\/\//.test(lines[next])) next++;
    if (isStatement(line) && isStatement(lines[next]) && indent(line) === indent(lines[next])) {
      add(i, "swap with next", lines.with(i, lines[next]).with(next, line));
    }
    for (const match of line.matchAll(/\bops\.(\w+)\(/g)) {
      const call = callAt(line, match.index + match[0].length - 1);
      if (call === null) continue;
      for (const [name, weaken] of WEAKER[match[1]] ?? []) {
        add(
          i,
          `${match[1]} ${name}`,
          lines.with(i, line.slice(0, match.index) + weaken(call.args) + line.slice(call.end)),
        );
      }
    }
    // A test of what an operation answered, turned round or taken away.
    const test = /^(\s*)(if|while) \((.*)\) (.*)$/.exec(line);
    if (test !== null && /ops\.|tryTake/.test(test[3])) {
      add(i, "test negated", lines.with(i, `${test[1]}${test[2]} (!(${test[3]})) ${test[4]}`));
    }
  });
  return mutants;
}

const indent = (line) => /^\s*/.exec(line)[0].length;

/** Copies, so that nobody who works in the tree meets a mutant. */
const workshop = mkdtempSync(join(tmpdir(), "mutate-shm-"));

function prepare(slot) {
  const dir = join(workshop, String(slot));
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  cpSync(join(shm, "src"), join(dir, "src"), { recursive: true });
  cpSync(join(shm, "test"), join(dir, "test"), { recursive: true });
  cpSync(join(root, "packages/explore/src"), join(dir, "explore"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"), "junction");
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }\n');
  writeFileSync(
    join(dir, "vitest.config.mjs"),
    `export default { resolve: { alias: { "@gr/explore": ${JSON.stringify(join(dir, "explore/index.ts"))} } },
      test: { include: ["test/*.model.test.ts"], testTimeout: 60000, bail: 1 } };\n`,
  );
  return dir;
}

/** Resolves to the name of the test that failed, or null. */
async function run(dir, mutant) {
  const target = join(dir, `src/${mutant.file}.ts`);
  const original = readFileSync(target, "utf8");
  writeFileSync(target, mutant.source);
  const failed = await firstFailure({ cwd: dir, args: [`test/${mutant.file}.model.test.ts`], ms: LIMIT_MS });
  writeFileSync(target, original);
  return failed?.title ?? null;
}

const nameOf = (m) => `${m.file} | ${m.kind} | \`${m.text}\``;

/** The survivors that are explained: rows of the table, by file, kind and line text. */
function explained() {
  const path = join(shm, "test/EQUIVALENT.md");
  if (!existsSync(path)) return new Map();
  const rows = readFileSync(path, "utf8").matchAll(/^\| (\S+) \| ([^|]+?) \| (`.+?`) \| ([^|].*) \|$/gm);
  return new Map([...rows].map((r) => [`${r[1]} | ${r[2]} | ${r[3].replaceAll("\\|", "|")}`, r[4]]));
}

const mutants = files.flatMap(mutantsOf);
if (process.argv.includes("--list")) {
  for (const m of mutants) console.log(`${m.file}:${m.line}  ${m.kind}: ${m.text}`);
  console.log(`${mutants.length} mutants`);
  process.exit(0);
}

const dirs = [prepare(0), prepare(1)];
for (const file of files) {
  const failed = await run(dirs[0], { file, source: readFileSync(join(shm, `src/${file}.ts`), "utf8") });
  if (failed !== null) throw new Error(`${file}: its model tests fail without any mutation: ${failed}`);
}

const survivors = [];
const queue = mutants.slice();
await Promise.all(
  dirs.map(async (dir) => {
    for (let m = queue.shift(); m !== undefined; m = queue.shift()) {
      const killer = await run(dir, m);
      console.log(`${killer === null ? "SURVIVED" : "killed  "}  ${m.file}:${m.line}  ${m.kind}: ${m.text}`);
      if (killer === null) survivors.push(m);
      else console.log(`          by "${killer}"`);
    }
  }),
);
rmSync(workshop, { recursive: true, force: true });

const reasons = explained();
const unexplained = survivors.filter((m) => !reasons.has(nameOf(m)));
const names = new Set(survivors.map(nameOf));
const stale = [...reasons.keys()].filter((name) => files.includes(name.split(" | ")[0]) && !names.has(name));
console.log(
  `\n${mutants.length} mutants: ${mutants.length - survivors.length} killed, ${survivors.length - unexplained.length} explained in EQUIVALENT.md`,
);
for (const m of unexplained) console.log(`not explained: ${m.file}:${m.line} | ${nameOf(m)}`);
for (const name of stale) console.log(`explained, but not a survivor: ${name}`);
process.exitCode = unexplained.length + stale.length > 0 ? 1 : 0;
