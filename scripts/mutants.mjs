// Mutation tests of protocols over shared words.
//
// Every line of the given files that touches a shared word is dropped, swapped with the next one, has its operation
// replaced by a weaker one, or its test turned round. Each mutant is run against the model tests; one that passes them
// all shows a line that no test needs. Survivors must stand, with a sentence each, in the package's test/EQUIVALENT.md.
//
//   node scripts/mutate-<package>.mjs [--list] [--new] [part of the lines to mutate]
//
// --new leaves out those that are listed there.
//
// Ends with 1 if there is a survivor that is not listed, or a listed one that does not survive.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstFailure } from "./vitest-report.mjs";
import { repositoryRoot as root } from "./workspaces.mjs";

const LIMIT_MS = 120_000;

const indent = (line) => /^\s*/.exec(line)[0].length;
const nameOf = (m) => `${m.file} | ${m.kind} | \`${m.text}\``;
const pathOf = (m) => join(root, `packages/${m.room}/src/${m.file}.ts`);

/**
 * Mutates `files` ("package/file", of the package itself or of shm) and runs the model tests of `tests`, the quick ones
 * first. `steps`: functions that change shared words; `looks`: those that only look at them.
 */
export async function mutate({ name, files, tests, steps, looks }) {
  const list = files.map((path) => ({ room: path.split("/")[0], file: path.split("/")[1] }));
  const wanted = process.argv.slice(2).find((arg) => !arg.startsWith("--")) ?? "";
  const onlyNew = process.argv.includes("--new");
  const reasons = explained(name);
  const mutants = list
    .flatMap((each) => mutantsOf(each, steps, looks))
    .filter((m) => nameOf(m).includes(wanted))
    .filter((m) => !onlyNew || !reasons.has(nameOf(m)));
  if (process.argv.includes("--list")) {
    for (const m of mutants) console.log(`${m.file}:${m.line}  ${m.kind}: ${m.text}`);
    console.log(`${mutants.length} mutants`);
    return;
  }

  // Copies, so that nobody who works in the tree meets a mutant.
  const workshop = mkdtempSync(join(tmpdir(), `mutate-${name}-`));
  const dirs = [prepare(workshop, name, 0), prepare(workshop, name, 1)];
  const sane = await run(dirs[0], name, tests, list[0]);
  if (sane !== null) throw new Error(`the model tests fail without any mutation: ${sane}`);

  const survivors = [];
  const queue = mutants.slice();
  await Promise.all(
    dirs.map(async (dir) => {
      for (let m = queue.shift(); m !== undefined; m = queue.shift()) {
        const killer = await run(dir, name, tests, m);
        console.log(`${killer === null ? "SURVIVED" : "killed  "}  ${m.file}:${m.line}  ${m.kind}: ${m.text}`);
        if (killer === null) survivors.push(m);
        else console.log(`          by "${killer}"`);
      }
    }),
  );
  rmSync(workshop, { recursive: true, force: true });

  const unexplained = survivors.filter((m) => !reasons.has(nameOf(m)));
  const names = new Set(survivors.map(nameOf));
  const stale = onlyNew ? [] : [...reasons.keys()].filter((row) => row.includes(wanted) && !names.has(row));
  console.log(
    `\n${mutants.length} mutants: ${mutants.length - survivors.length} killed, ${survivors.length - unexplained.length} explained in EQUIVALENT.md`,
  );
  for (const m of unexplained) console.log(`not explained: ${m.file}:${m.line} | ${nameOf(m)}`);
  for (const row of stale) console.log(`explained, but not a survivor: ${row}`);
  process.exitCode = unexplained.length + stale.length > 0 ? 1 : 0;
}

function mutantsOf({ room, file }, steps, looks) {
  const calls = ["ops\\.\\w+", ...steps].join("|");
  const statement = new RegExp(`^\\s*((else )?(if \\(.*\\) |else )?(return )?((${calls})\\().*);$`);
  const isStatement = (line) => statement.test(line) && !/^\s*return /.test(line);
  const touches = new RegExp(`\\b(${[calls, ...looks].join("|")})\\(`);
  const lines = readFileSync(pathOf({ room, file }), "utf8").split("\n");
  const mutants = [];
  const add = (line, kind, changed) =>
    mutants.push({ room, file, line: line + 1, kind, text: lines[line].trim(), source: changed.join("\n") });
  lines.forEach((line, i) => {
    if (/^\s*(\/\/|\*|\/\*|import|export (function|const)|function)/.test(line) || !touches.test(line)) return;
    if (isStatement(line)) {
      const guard = /^(\s*(?:else )?if \(.*?\) )\S+\(.*\);$/.exec(line);
      if (!/ return /.test(line))
        add(
          i,
          "drop",
          lines.with(
            i,
            guard !== null || /^\s*else /.test(line) ? `${line.replace(/(\)|else) \w[\w.]*\(.*\);$/, "$1")} {}` : "",
          ),
        );
      let next = i + 1;
      while (/^\s*\/\//.test(lines[next])) next++;
      if (
        isStatement(lines[next]) &&
        indent(line) === indent(lines[next]) &&
        !/^\s*else/.test(lines[next]) &&
        !/^\s*(if|else)/.test(line)
      )
        add(i, "swap with next", lines.with(i, lines[next]).with(next, line));
    }
    const cas = /ops\.compareExchange\(mem, ([^,()]+), ([^,()]+), ([^,()]+(?:\(\w+\))?)\)/.exec(line);
    if (cas !== null) {
      const [all, at, from, to] = cas;
      add(i, "blind", lines.with(i, line.replace(all, `(ops.store(mem, ${at}, ${to}), ${from})`)));
      const split = `((o) => (o === (${from}) && ops.store(mem, ${at}, ${to}), o))(ops.load(mem, ${at}))`;
      add(i, "split", lines.with(i, line.replace(all, split)));
    }
    const test =
      /^(\s*(?:else )?)(if|while) \((.*?)\) (return|continue|break|ops\.|\{|w =|unlink|removeWaiter)(.*)$/.exec(line);
    if (test !== null)
      add(i, "test negated", lines.with(i, `${test[1]}${test[2]} (!(${test[3]})) ${test[4]}${test[5]}`));
    if (test !== null && test[2] === "if")
      add(i, "test always false", lines.with(i, `${test[1]}if (false && (${test[3]})) ${test[4]}${test[5]}`));
  });
  return mutants;
}

function prepare(workshop, name, slot) {
  const dir = join(workshop, String(slot));
  mkdirSync(dir, { recursive: true });
  for (const [from, to] of [
    [`packages/${name}/src`, "src"],
    [`packages/${name}/test`, "test"],
    ["packages/shm/src", "shm"],
    ["packages/explore/src", "explore"],
  ])
    cpSync(join(root, from), join(dir, to), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"), "junction");
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }\n');
  const alias = { "@gr/explore": join(dir, "explore/index.ts"), "@gr/shm": join(dir, "shm/index.ts") };
  writeFileSync(
    join(dir, "vitest.config.mjs"),
    `export default { resolve: { alias: ${JSON.stringify(alias)} }, test: { testTimeout: 60000, bail: 1 } };\n`,
  );
  return dir;
}

/** Resolves to the name of the test that failed, or null. */
async function run(dir, name, tests, mutant) {
  const target = join(dir, mutant.room === name ? "src" : "shm", `${mutant.file}.ts`);
  const original = readFileSync(target, "utf8");
  writeFileSync(target, mutant.source ?? original);
  let failed = null;
  for (const test of tests) if (failed === null) failed = await runTest(dir, test);
  writeFileSync(target, original);
  return failed;
}

async function runTest(dir, test) {
  const failed = await firstFailure({ cwd: dir, args: [`test/${test}.model.test.ts`], ms: LIMIT_MS });
  return failed?.title ?? null;
}

/** The survivors that are explained: rows of the table, by file, kind and line text. */
function explained(name) {
  const path = join(root, `packages/${name}/test/EQUIVALENT.md`);
  if (!existsSync(path)) return new Map();
  const rows = readFileSync(path, "utf8").matchAll(/^\| (\S+) \| ([^|]+?) \| (`.+?`) \| ([^|].*) \|$/gm);
  return new Map([...rows].map((r) => [`${r[1]} | ${r[2]} | ${r[3].replaceAll("\\|", "|")}`, r[4]]));
}
