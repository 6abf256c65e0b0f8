// Mutation test of the protocols over shared words in packages/shm; see mutation.mjs.
//
// Each file has model tests of its own, and its mutants are run against these.
//
//   node scripts/mutate-shm.mjs [--list] [--new] [part of the lines to mutate]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mutantsOf, prove } from "./mutation.mjs";
import { repositoryRoot as root } from "./workspaces.mjs";

const FILES = ["futex-mutex", "parker", "deque", "inbox", "mpmc-ring", "idle-words", "trace-ring"];

const STATEMENT =
  /^\s*(ops\.\w+\(|if \(.*\) ops\.\w+\(|(const|let) .* = .*ops\.\w+\(|\w+ = ops\.|\w+\[\w+\] = ops\.).*;$/;

await prove({
  mutants: FILES.flatMap((file) =>
    mutantsOf(file, readFileSync(join(root, `packages/shm/src/${file}.ts`), "utf8"), {
      isStatement: (line) => STATEMENT.test(line),
      touches: (line) => /\bops\.\w+\(|\bwaitAsync\(|this\.tryTake\(/.test(line),
      isTest: (condition) => /ops\.|tryTake|\bn (- 1|> 1)/.test(condition),
    }),
  ),
  rooms: [
    ["packages/shm/src", "src"],
    ["packages/shm/test", "test"],
    ["packages/explore/src", "explore"],
  ],
  alias: { "@gr/explore": "explore/index.ts" },
  tests: (file) => [file],
  roomOf: () => "src",
  equivalent: "packages/shm/test/EQUIVALENT.md",
});
