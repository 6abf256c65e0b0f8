// Mutation test of the protocol of shared channels.
//
// Every line of the files below that touches a shared word is dropped, swapped with the next one, has its operation
// replaced by a weaker one, or its test turned round. Each mutant is run against the model tests; one that passes them
// all shows a line that no test needs. Survivors must stand, with a sentence each, in packages/chan/test/EQUIVALENT.md.
//
//   node scripts/mutate-chan.mjs [--list] [--new] [part of the lines to mutate]
//
// --new leaves out those that are listed there.
//
// Ends with 1 if there is a survivor that is not listed, or a listed one that does not survive.

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const chan = join(root, "packages/chan");
/** What channels are made of; the first two are in @gr/shm, for everything that threads share. */
const FILES = ["claim", "wait-list", "shared-ring", "shared-protocol"];
const roomOf = (file) => (file.startsWith("shared-") ? "chan" : "shm");
/** The quick ones first. */
const TESTS = ["shared-ring", "shared-protocol", "shared-ready", "shared-deaths-buffer", "shared-deaths"];
const LIMIT_MS = 120_000;

const isStatement = (line) =>
  /^\s*((else )?(if \(.*\) |else )?(ops\.\w+\(|unlink\(|removeWaiter\(|link\(|appendWaiter\(|bump\(|copySlot\(|give\(|takeFrom\(|putLast\(|getFirst\(|moveIn\(|takeFirst\(|breakLock\(|lock\(|unlock\(|lockBoth\(|unlockBoth\().*);$/.test(
    line,
  );
const touches = (line) =>
  /\b(ops\.\w+|unlink|removeWaiter|link|appendWaiter|bump|copySlot|give|takeFrom|putLast|getFirst|moveIn|takeFirst|breakLock|isDead|take1|ownerOf|countOf|mayPut|mayGet|lock|unlock|lockBoth|unlockBoth)\(/.test(
    line,
  );
const indent = (line) => /^\s*/.exec(line)[0].length;

function mutantsOf(file) {
  const lines = readFileSync(join(root, `packages/${roomOf(file)}/src/${file}.ts`), "utf8").split("\n");
  const mutants = [];
  const add = (line, kind, changed) =>
    mutants.push({ file, line: line + 1, kind, text: lines[line].trim(), source: changed.join("\n") });
  lines.forEach((line, i) => {
    if (/^\s*(\/\/|\*|\/\*|import|export (function|const)|function)/.test(line) || !touches(line)) return;
    if (isStatement(line)) {
      const guard = /^(\s*(?:else )?if \(.*?\) )\S+\(.*\);$/.exec(line);
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
    const cas = /ops\.compareExchange\(mem, (\w+), OPEN, (\w+\(m\))\)/.exec(line);
    if (cas !== null) {
      const [all, at, value] = cas;
      add(i, "blind", lines.with(i, line.replace(all, `(ops.store(mem, ${at}, ${value}), OPEN)`)));
      const split = `((o) => (o === OPEN && ops.store(mem, ${at}, ${value}), o))(ops.load(mem, ${at}))`;
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

/** Copies, so that nobody who works in the tree meets a mutant. */
const workshop = mkdtempSync(join(tmpdir(), "mutate-chan-"));

function prepare(slot) {
  const dir = join(workshop, String(slot));
  mkdirSync(dir, { recursive: true });
  for (const [from, to] of [
    ["packages/chan/src", "src"],
    ["packages/chan/test", "test"],
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
async function run(dir, mutant) {
  const target = join(dir, roomOf(mutant.file) === "chan" ? "src" : "shm", `${mutant.file}.ts`);
  const original = readFileSync(target, "utf8");
  writeFileSync(target, mutant.source ?? original);
  let failed = null;
  for (const test of TESTS) if (failed === null) failed = await runTest(dir, test);
  writeFileSync(target, original);
  return failed;
}

function runTest(dir, test) {
  const report = join(dir, "report.json");
  rmSync(report, { force: true });
  const args = [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    `test/${test}.model.test.ts`,
    "--reporter=json",
    `--outputFile=${report}`,
  ];
  const options = { cwd: dir, timeout: LIMIT_MS, killSignal: "SIGKILL", maxBuffer: 1 << 26 };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error) => {
      if (error === null) return resolve(null);
      if (!existsSync(report)) return resolve("(did not end, or did not load)");
      const results = JSON.parse(readFileSync(report, "utf8"));
      const failed = results.testResults.flatMap((f) => f.assertionResults).find((a) => a.status === "failed");
      resolve(failed?.title ?? results.testResults[0]?.message?.split("\n")[0] ?? "(did not load)");
    });
  });
}

const nameOf = (m) => `${m.file} | ${m.kind} | \`${m.text}\``;

/** The survivors that are explained: rows of the table, by file, kind and line text. */
function explained() {
  const path = join(chan, "test/EQUIVALENT.md");
  if (!existsSync(path)) return new Map();
  const rows = readFileSync(path, "utf8").matchAll(/^\| (\S+) \| ([^|]+?) \| (`.+?`) \| ([^|].*) \|$/gm);
  return new Map([...rows].map((r) => [`${r[1]} | ${r[2]} | ${r[3].replaceAll("\\|", "|")}`, r[4]]));
}

const wanted = process.argv.slice(2).find((arg) => !arg.startsWith("--")) ?? "";
const reasons = explained();
const onlyNew = process.argv.includes("--new");
const mutants = FILES.flatMap(mutantsOf)
  .filter((m) => nameOf(m).includes(wanted))
  .filter((m) => !onlyNew || !reasons.has(nameOf(m)));
if (process.argv.includes("--list")) {
  for (const m of mutants) console.log(`${m.file}:${m.line}  ${m.kind}: ${m.text}`);
  console.log(`${mutants.length} mutants`);
  rmSync(workshop, { recursive: true, force: true });
  process.exit(0);
}

const dirs = [prepare(0), prepare(1)];
const sane = await run(dirs[0], { file: FILES[0] });
if (sane !== null) throw new Error(`the model tests fail without any mutation: ${sane}`);

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

const unexplained = survivors.filter((m) => !reasons.has(nameOf(m)));
const names = new Set(survivors.map(nameOf));
const stale = onlyNew ? [] : [...reasons.keys()].filter((name) => name.includes(wanted) && !names.has(name));
console.log(
  `\n${mutants.length} mutants: ${mutants.length - survivors.length} killed, ${survivors.length - unexplained.length} explained in EQUIVALENT.md`,
);
for (const m of unexplained) console.log(`not explained: ${m.file}:${m.line} | ${nameOf(m)}`);
for (const name of stale) console.log(`explained, but not a survivor: ${name}`);
process.exitCode = unexplained.length + stale.length > 0 ? 1 : 0;
