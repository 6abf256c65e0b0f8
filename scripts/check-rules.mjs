// The rules that tests cite, against docs/go-rules.md and docs/deviations.md.
//
// Fails when a test cites a number that the page does not have, or when the page claims that a rule is kept and no test
// anywhere names it. A rule that is n/a or a deviation may go without.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMain } from "./main.mjs";
import { repositoryRoot as root, workspaces } from "./workspaces.mjs";

const CITED = /go#(\d+)(?:-(\d+))?/g;

/** Every number in a text, ranges (go#17-19) spelt out. */
export function numbersIn(text) {
  const found = new Set();
  for (const [, from, to] of text.matchAll(CITED)) for (let n = +from; n <= +(to ?? from); n++) found.add(n);
  return found;
}

/** Rule number to its status on the page. */
export function rulesOn(page) {
  const rows = page.matchAll(/^\| go#(\d+) \|[^|]*\| ([^|]*) \|/gm);
  return new Map([...rows].map(([, number, status]) => [+number, status]));
}

/** { unknown: cited without a row, untested: claimed to be kept and cited nowhere, in ascending order }. */
export function judge(page, cited) {
  const rules = rulesOn(page);
  const unknown = [...cited].filter((n) => !rules.has(n));
  const untested = [...rules].filter(([n, status]) => !cited.has(n) && !/^(n\/a|deviation|not yet)/.test(status));
  return { unknown: unknown.sort((a, b) => a - b), untested: untested.map(([n]) => n) };
}

function testTexts() {
  const texts = [];
  for (const { path, name } of workspaces()) {
    for (const folder of name === "@gr/conformance" ? ["src", "test"] : ["test"]) {
      let files = [];
      try {
        files = readdirSync(join(path, folder), { recursive: true });
      } catch {
        // a workspace without tests
      }
      for (const file of files.filter((each) => /\.ts$/.test(each)))
        texts.push(readFileSync(join(path, folder, file), "utf8"));
    }
  }
  return texts;
}

if (isMain(import.meta.url)) {
  const cited = new Set(testTexts().flatMap((text) => [...numbersIn(text)]));
  const { unknown, untested } = judge(readFileSync(join(root, "docs/go-rules.md"), "utf8"), cited);
  for (const n of unknown) console.log(`go#${n} is cited by a test and has no row in docs/go-rules.md`);
  for (const n of untested) console.log(`go#${n} is said to be kept in docs/go-rules.md and no test names it`);
  process.exitCode = unknown.length + untested.length === 0 ? 0 : 1;
}
