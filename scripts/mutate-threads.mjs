// Mutation test of the protocols of the group's words in packages/threads.
//
// For each file below, every line that touches a shared word, itself or through the group's lists, is dropped, swapped
// with the next one, has its operation replaced by a weaker one, or its test turned round. Each mutant is run against the
// model tests of its file.
//
//   node scripts/mutate-threads.mjs [--list] [--new] [part of the lines to mutate]
//
// Ends with 1 if there is a survivor that is not listed in packages/threads/test/EQUIVALENT.md, or a listed one that does
// not survive. --new leaves out those that are listed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mutantsOf, prove } from "./mutation.mjs";
import { repositoryRoot as root } from "./workspaces.mjs";

/** The model tests of each file, the quick ones first. */
const TESTS = {
  sysmon: ["stuck", "sysmon"],
  retire: ["retire"],
  rest: ["rest"],
  "all-rest": ["rest"],
};

const CALL =
  "(?:ops\\.\\w+|(?:s|group|this\\.group)\\.(?:lock|unlock|hand|pushIdleP|popIdleP|popIdleM|popWanting|wakeSelf|sleepM|wantP|takeP|dropP|giveP|unstick|retake|retireSelf|pushGlobal|popGlobal|holds)|own\\.(?:get|put|stealFrom)|(?:(?:this|q)\\.of\\(\\w+(?:\\.\\w+)?\\)|this\\.deque\\(\\w+\\))\\.\\w+|unpark|wakeP|wakeM|wakeSysmon|handedOff|stopSpinning|reserveWorker|roomForWorker|takeHanded|lookAgain|asleep|surplus|takeGlobal|steal|trySpin|world\\.(?:flush|receive|help|arm)|parker\\.arm|isEmpty|(?:this|q)\\.(?:enter|leave|retake|spillOver|useful|patience|othersServe))";
const STATEMENT = new RegExp(
  `^\\s*(?:else )?(?:(?:if|for) \\(.*\\) )?(?:(?:const|let) .* = |[\\w.\\[\\]]+ [+|]?= )?${CALL}\\(.*;$`,
);
const WORD = new RegExp(`\\b${CALL}\\(`);
const SPINNING =
  /^\s*(?:s\.spinning|s\.p|this\.needed(?= = need;)|this\.holders\[p\]|this\.ticks\[p\]|this\.since\[p\]) = .*;$/;

const mutants = Object.keys(TESTS).flatMap((file) =>
  mutantsOf(file, readFileSync(join(root, `packages/threads/src/${file}.ts`), "utf8"), {
    isStatement: (line) => STATEMENT.test(line) || SPINNING.test(line),
    touches: (line) => WORD.test(line) || SPINNING.test(line),
    isTest: (condition) => WORD.test(condition) || /\b(?:got|woken|s\.spinning|start|m) ?(?:>=|<|$)/.test(condition),
  }),
);

// From here on sysmon is timers, which the tests over threads run.
const sysmon = readFileSync(join(root, "packages/threads/src/sysmon.ts"), "utf8");
const timers = sysmon.slice(0, sysmon.indexOf("export function runSysmon")).split("\n").length;

await prove({
  mutants: mutants.filter((m) => m.file !== "sysmon" || m.line < timers),
  rooms: [
    ["packages/threads/src", "src"],
    ["packages/threads/test", "test"],
  ],
  alias: {
    "@gr/core/internal": "/packages/core/src/internal.ts",
    "@gr/core": "/packages/core/src/index.ts",
    "@gr/explore": "/packages/explore/src/index.ts",
    "@gr/shm": "/packages/shm/src/index.ts",
  },
  tests: (file) => TESTS[file],
  roomOf: () => "src",
  equivalent: "packages/threads/test/EQUIVALENT.md",
  slots: 1,
});
