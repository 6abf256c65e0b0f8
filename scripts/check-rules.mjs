// The rules that tests name in their titles, against docs/go-rules.md.
//
//   node scripts/check-rules.mjs            fails when the two differ
//   node scripts/check-rules.mjs --write    fills the page's last column anew
//
// Fails when a title carries a number that the page does not have, when the page claims that a rule is kept and no title
// anywhere carries it, and when the column "tested in" is not the list of the tests that do. A rule that is n/a, or a
// deviation, may go without.
//
// And the table of docs/architecture.md that says where a rule's code is: each rule that has any has a row, each file is
// there, and so is each name that stands behind it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMain } from "./main.mjs";
import { repositoryRoot as root, workspaces } from "./workspaces.mjs";

const CITED = /go#(\d+)(?:-(\d+))?/g;
const ROW = /^\| go#(\d+) \|[^|]*\| ([^|]*) \| ([^|]*) \|$/gm;
const NOBODY = "—";

/** Every number in a text, ranges (go#17-19) spelt out. */
export function numbersIn(text) {
  const found = new Set();
  for (const [, from, to] of text.matchAll(CITED)) for (let n = +from; n <= +(to ?? from); n++) found.add(n);
  return found;
}

/** The numbers in the titles of a test file: in its strings, not in its comments. */
export function citedIn(source) {
  const strings = source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, "").matchAll(/(["'`])(?:(?!\1)[^\\\n]|\\.)*\1/g);
  return new Set([...strings].flatMap(([text]) => [...numbersIn(text)]));
}

/** Rule number to { status, tested }, as they stand on the page. */
export function rulesOn(page) {
  return new Map([...page.matchAll(ROW)].map(([, n, status, tested]) => [+n, { status, tested }]));
}

/** Rule number to the names of the tests that carry it; `tests` are [name, source]. */
export function citations(tests) {
  const by = new Map();
  for (const [name, source] of tests) for (const n of citedIn(source)) by.set(n, [...(by.get(n) ?? []), name]);
  return by;
}

const column = (names) => names?.join(", ") ?? NOBODY;

/** The page with its last column as `by` has it. */
export function withColumn(page, by) {
  return page.replace(ROW, (row, n, _status, tested) => {
    const kept = row.slice(0, row.length - `${tested} |`.length);
    return `${kept}${column(by.get(+n))} |`;
  });
}

/** What differs, in words, in the order of the page. */
export function judge(page, by) {
  const rules = rulesOn(page);
  const wrong = [...by.keys()].filter((n) => !rules.has(n)).map((n) => `go#${n} is named by ${column(by.get(n))} only`);
  for (const [n, { status, tested }] of rules) {
    if (!by.has(n) && !/^(n\/a|deviation|not yet)/.test(status)) wrong.push(`go#${n} is said to be kept, untested`);
    else if (tested !== column(by.get(n))) wrong.push(`go#${n} is tested in ${column(by.get(n))}, not in ${tested}`);
  }
  return wrong;
}

/**
 * What is wrong with the table of places: `table` is the text that holds it, `rules` what rulesOn gives, and `source`
 * reads a file such as core/go.ts, undefined if it is none.
 */
export function misplaced(table, rules, source) {
  const wrong = [];
  const placed = new Set();
  for (const [, cell, places] of table.matchAll(/^\| (go#[^|]*) \|[^|]*\| ([^|]*) \|$/gm)) {
    for (const n of numbersIn(cell.replaceAll(" #", " go#"))) placed.add(n);
    let file = "";
    for (const [, token] of places.matchAll(/`([^`]+)`/g)) {
      if (/^\w+\/[\w-]+\.ts$/.test(token)) {
        file = token;
        if (source(file) === undefined) wrong.push(`${cell}: there is no ${file}`);
      } else if (file !== "" && !new RegExp(`\\b${token}\\b`).test(source(file) ?? token))
        wrong.push(`${cell}: ${file} has no ${token}`);
    }
  }
  for (const n of placed) if (!rules.has(n)) wrong.push(`go#${n} is no rule`);
  for (const [n, { status }] of rules)
    if (!placed.has(n) && !/^n\/a/.test(status)) wrong.push(`go#${n} has no row that says where its code is`);
  return wrong;
}

// A suite of the conformance package goes by its own name, another test by its package's before it.
function nameOf(workspace, folder, file) {
  if (folder === "src") return /-suite\.ts$/.test(file) ? file.slice(0, -".ts".length) : null;
  const name = /^(.+?)(\.test\.(ts|mjs)|(?<=\.test-d)\.ts)$/.exec(file)?.[1] ?? null;
  return name === null || workspace.name === "@gr/conformance" ? name : `${workspace.dir.split("/").at(-1)}/${name}`;
}

function testsOf(workspace) {
  const tests = [];
  for (const folder of workspace.name === "@gr/conformance" ? ["src", "test"] : ["test"]) {
    let files = [];
    try {
      files = readdirSync(join(workspace.path, folder));
    } catch {
      // a workspace without tests
    }
    for (const file of files.sort()) {
      const name = nameOf(workspace, folder, file);
      if (name !== null) tests.push([name, readFileSync(join(workspace.path, folder, file), "utf8")]);
    }
  }
  return tests;
}

/** The suites first, then the packages in their order. */
function allTests() {
  const all = workspaces().filter(({ name }) => name !== "scripts");
  const suites = all.filter(({ name }) => name === "@gr/conformance");
  return [...suites, ...all.filter((each) => !suites.includes(each))].flatMap(testsOf);
}

if (isMain(import.meta.url)) {
  const path = join(root, "docs/go-rules.md");
  const by = citations(allTests());
  const page = readFileSync(path, "utf8");
  const write = process.argv.includes("--write");
  if (write) writeFileSync(path, withColumn(page, by));
  const wrong = judge(write ? withColumn(page, by) : page, by);
  for (const each of wrong) console.log(`docs/go-rules.md: ${each}`);
  if (wrong.length > 0 && !write) console.log("node scripts/check-rules.mjs --write fills the column");

  const sourceOf = (file) => {
    const [name, rest] = file.split("/");
    const at = join(root, "packages", name, "src", rest);
    return existsSync(at) ? readFileSync(at, "utf8") : undefined;
  };
  const unplaced = misplaced(readFileSync(join(root, "docs/architecture.md"), "utf8"), rulesOn(page), sourceOf);
  for (const each of unplaced) console.log(`docs/architecture.md: ${each}`);
  process.exitCode = wrong.length + unplaced.length === 0 ? 0 : 1;
}
