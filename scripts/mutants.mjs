// Mutation tests of the protocols over shared words of what threads share: channels, mutexes, wait groups.
//
// Every line of the given files that touches a shared word is dropped, swapped with the next one, has its operation
// replaced by a weaker one, or its test turned round; see mutation.mjs for how each is judged.
//
//   node scripts/mutate-<package>.mjs [--list] [--new] [part of the lines to mutate]

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prove } from "./mutation.mjs";
import { repositoryRoot as root } from "./workspaces.mjs";

const indent = (line) => /^\s*/.exec(line)[0].length;
const pathOf = (m) => join(root, `packages/${m.room}/src/${m.file}.ts`);

/**
 * Mutates `files` ("package/file", of the package itself or of shm) and runs the model tests of `tests`, the quick ones
 * first. `steps`: functions that change shared words; `looks`: those that only look at them.
 */
export async function mutate({ name, files, tests, steps, looks }) {
  const list = files.map((path) => ({ room: path.split("/")[0], file: path.split("/")[1] }));
  const inShm = new Set(list.filter(({ room }) => room !== name).map(({ file }) => file));
  await prove({
    mutants: list.flatMap((each) => mutantsOf(each, steps, looks)),
    rooms: [
      [`packages/${name}/src`, "src"],
      [`packages/${name}/test`, "test"],
      ["packages/shm/src", "shm"],
      ["packages/explore/src", "explore"],
    ],
    alias: { "@gr/explore": "explore/index.ts", "@gr/shm": "shm/index.ts" },
    tests: () => tests,
    roomOf: (file) => (inShm.has(file) ? "shm" : "src"),
    equivalent: `packages/${name}/test/EQUIVALENT.md`,
  });
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
