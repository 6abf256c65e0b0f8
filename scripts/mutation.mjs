// The engine of the mutation tests: changes one line at a time in a copy, runs the model tests on it, and names the test
// that fails. A mutant that passes them all must stand, with a sentence, in the package's test/EQUIVALENT.md.
//
// What a line can be changed into is each script's own affair; the changes to an atomic operation that all have in common
// are here.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstFailure } from "./vitest-report.mjs";
import { repositoryRoot as root } from "./workspaces.mjs";

const indent = (line) => /^\s*/.exec(line)[0].length;

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

/** An operation that is read and written in two steps. */
const inTwo = (value) => (x) => `((o) => (ops.store(${x[0]}, ${x[1]}, ${value(x[2])}), o))(ops.load(${x[0]}, ${x[1]}))`;

/** Weaker forms of one operation; `x` are its arguments. */
const WEAKER = {
  compareExchange: [
    ["blind", (x) => `(ops.store(${x[0]}, ${x[1]}, ${x[3]}), ${x[2]})`],
    [
      "split",
      (x) => `((o) => (o === (${x[2]}) && ops.store(${x[0]}, ${x[1]}, ${x[3]}), o))(ops.load(${x[0]}, ${x[1]}))`,
    ],
  ],
  exchange: [["split", inTwo((v) => v)]],
  sub: [["split", inTwo((v) => `o - ${v}`)]],
  and: [["split", inTwo((v) => `o & ${v}`)]],
  or: [["split", inTwo((v) => `o | ${v}`)]],
  wait: [["uncompared", (x) => `ops.wait(${x[0]}, ${x[1]}, ops.load(${x[0]}, ${x[1]}))`]],
  notify: [["to nobody", (x) => `ops.notify(${x[0]}, ${x[1]}, 0)`]],
};

/**
 * The mutants of a file: statements dropped and swapped with the next one of their block, operations weakened, tests of
 * what an operation answered turned round. `isStatement`, `touches` and `isTest` look at a line, or a condition.
 */
export function mutantsOf(file, source, { isStatement, touches, isTest }) {
  const lines = source.split("\n");
  const mutants = [];
  const add = (line, kind, changed) =>
    mutants.push({ file, line: line + 1, kind, text: lines[line].trim(), source: changed.join("\n") });
  lines.forEach((line, i) => {
    if (/^\s*(\/\/|\*|\/\*|import|export (\{|function|const|class))/.test(line) || !touches(line)) return;
    if (isStatement(line) && !/^\s*(const|let) /.test(line))
      add(i, "drop", lines.with(i, /^\s*(else|if) ?.*\) \S+\(|^\s*else /.test(line) ? withoutBody(line) : ""));
    let next = i + 1;
    while (/^\s*\/\//.test(lines[next])) next++;
    if (
      isStatement(line) &&
      isStatement(lines[next]) &&
      indent(line) === indent(lines[next]) &&
      !/^\s*else\b/.test(line) &&
      !/^\s*else\b/.test(lines[next])
    )
      add(i, "swap with next", lines.with(i, lines[next]).with(next, line));
    for (const match of line.matchAll(/\bops\.(\w+)\(/g)) {
      const call = callAt(line, match.index + match[0].length - 1);
      if (call === null) continue;
      for (const [name, weaken] of WEAKER[match[1]] ?? [])
        add(
          i,
          `${match[1]} ${name}`,
          lines.with(i, line.slice(0, match.index) + weaken(call.args) + line.slice(call.end)),
        );
    }
    // A test of what an operation answered, turned round.
    const test = /^(\s*(?:\} )?(?:else )?)(if|while) \(/.exec(line);
    if (test === null) return;
    const open = test[0].length - 1;
    const condition = callAt(line, open);
    if (condition === null) return;
    const inside = line.slice(open + 1, condition.end - 1);
    if (isTest(inside))
      add(i, "test negated", lines.with(i, `${line.slice(0, open)}(!(${inside}))${line.slice(condition.end)}`));
  });
  return mutants;
}

// A statement behind a condition, or an else, without what it does; what comes after it in the chain must still parse.
function withoutBody(line) {
  const start = /^\s*(?:else )?(?:if )?/.exec(line)[0].length;
  if (line[start] !== "(") return `${/^\s*(?:else )/.exec(line)?.[0] ?? ""}{}`;
  return `${line.slice(0, callAt(line, start).end)} {}`;
}

const nameOf = (m) => `${m.file} | ${m.kind} | \`${m.text}\``;

/** The survivors that are explained: rows of the table, by file, kind and line text. */
function explainedIn(path) {
  if (!existsSync(path)) return new Map();
  const rows = readFileSync(path, "utf8").matchAll(/^\| (\S+) \| ([^|]+?) \| (`.+?`) \| ([^|].*) \|$/gm);
  return new Map([...rows].map((r) => [`${r[1]} | ${r[2]} | ${r[3].replaceAll("\\|", "|")}`, r[4]]));
}

/**
 * Runs each mutant. `proof` says: `mutants`; `rooms`, pairs of a directory of the repository and its name in the copy;
 * `alias`, packages by their file in the copy, or in the repository if it begins with a slash; `tests(file)`, the names
 * of the model tests of a file, quick ones first; `roomOf(file)`, where in the copy it is; `equivalent`, the path of
 * the table; `slots`, how many at once. Arguments: --list shows the mutants, --new leaves out those that are explained,
 * anything else is a part of the lines to mutate.
 */
export async function prove({ mutants: all, rooms, alias, tests, roomOf, equivalent, slots = 2, limitMs = 120_000 }) {
  const wanted = process.argv.slice(2).find((arg) => !arg.startsWith("--")) ?? "";
  const onlyNew = process.argv.includes("--new");
  const reasons = explainedIn(join(root, equivalent));
  const mutants = all.filter((m) => nameOf(m).includes(wanted) && (!onlyNew || !reasons.has(nameOf(m))));
  if (process.argv.includes("--list")) {
    for (const m of mutants) console.log(`${m.file}:${m.line}  ${m.kind}: ${m.text}`);
    console.log(`${mutants.length} mutants`);
    return;
  }
  // Copies, so that nobody who works in the tree meets a mutant.
  const workshop = mkdtempSync(join(tmpdir(), "mutants-"));
  const dirs = Array.from({ length: slots }, (_, slot) => prepare(join(workshop, String(slot)), rooms, alias));

  async function killer(dir, mutant) {
    const target = join(dir, roomOf(mutant.file), `${mutant.file}.ts`);
    const original = readFileSync(target, "utf8");
    writeFileSync(target, mutant.source ?? original);
    let failed = null;
    for (const test of tests(mutant.file))
      failed ??= await firstFailure({ cwd: dir, args: [`test/${test}.model.test.ts`], ms: limitMs });
    writeFileSync(target, original);
    return failed?.title ?? null;
  }

  const files = new Map(mutants.map(({ file }) => [tests(file).join(), file]));
  for (const file of files.values()) {
    const failed = await killer(dirs[0], { file });
    if (failed !== null) throw new Error(`${file}: its model tests fail without any mutation: ${failed}`);
  }
  const survivors = [];
  const queue = mutants.slice();
  await Promise.all(
    dirs.map(async (dir) => {
      for (let m = queue.shift(); m !== undefined; m = queue.shift()) {
        const by = await killer(dir, m);
        console.log(`${by === null ? "SURVIVED" : "killed  "}  ${m.file}:${m.line}  ${m.kind}: ${m.text}`);
        if (by === null) survivors.push(m);
        else console.log(`          by "${by}"`);
      }
    }),
  );
  rmSync(workshop, { recursive: true, force: true });

  const unexplained = survivors.filter((m) => !reasons.has(nameOf(m)));
  const names = new Set(survivors.map(nameOf));
  const mutated = new Set(all.map((m) => m.file));
  const stale = [...reasons.keys()].filter(
    (name) => !onlyNew && mutated.has(name.split(" | ")[0]) && name.includes(wanted) && !names.has(name),
  );
  console.log(
    `\n${mutants.length} mutants: ${mutants.length - survivors.length} killed, ${survivors.length - unexplained.length} explained in EQUIVALENT.md`,
  );
  for (const m of unexplained) console.log(`not explained: ${m.file}:${m.line} | ${nameOf(m)}`);
  for (const name of stale) console.log(`explained, but not a survivor: ${name}`);
  process.exitCode = unexplained.length + stale.length > 0 ? 1 : 0;
}

function prepare(dir, rooms, alias) {
  mkdirSync(dir, { recursive: true });
  for (const [from, to] of rooms) cpSync(join(root, from), join(dir, to), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"), "junction");
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }\n');
  const find = Object.entries(alias).map(([name, path]) => ({
    find: name,
    replacement: path.startsWith("/") ? join(root, path) : join(dir, path),
  }));
  writeFileSync(
    join(dir, "vitest.config.mjs"),
    `export default { resolve: { alias: ${JSON.stringify(find)} }, test: { testTimeout: 60000, bail: 1 } };\n`,
  );
  return dir;
}
