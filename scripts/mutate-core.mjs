// Plants bugs in a copy of the scheduler, one at a time, and names the test that finds each. Fails if one survives.
//
//   node scripts/mutate-core.mjs                    all
//   node scripts/mutate-core.mjs "stopped timer"    only those whose name has these words
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { firstFailure } from "./vitest-report.mjs";
import { repositoryRoot as root } from "./workspaces.mjs";

const LIMIT_MS = 90_000;

/** [what is wrong, file, what stands there, what is planted] */
const BUGS = [
  ["a claim succeeds twice", "party", "    this.pending = false;\n    return true;", "    return true;"],
  ["a woken goroutine is not queued", "park", "  runqput(g, true);", "  if (param === null) runqput(g, true);"],
  ["the old runnext is dropped", "run-queue", "      gp = old;\n", "      return 0;\n"],
  ["overflow loses the newcomer", "run-queue", "    overflow.push(gp);\n", ""],
  [
    "cancel leaves the waiter in its queue",
    "unwind",
    "  (g.op as OpBase<unknown>).dequeue(g);\n  ready(g, null);\n",
    "  ready(g, null);\n",
  ],
  ["cancel of a running goroutine is forgotten", "unwind", "  else if (g === sched.m.curg) sched.fuel = 0;", ""],
  [
    "a callee in a finally counts as unwound",
    "schedule",
    "(g.flags & Funwinding) !== 0 && sideOf(g).floor === frame",
    "(g.flags & Funwinding) !== 0",
  ],
  [
    "swallowing the sentinel is success",
    "schedule",
    "    if (frame === null) return endFailed(g, UNWIND);\n",
    "    if (frame === null) return endReturned(g, value);\n",
  ],
  ["goroutines without operations cost no fuel", "schedule", "if (--sched.fuel <= 0) {", "if (sched.fuel <= 0) {"],
  ["the global queue never comes first", "schedule", "++p.schedtick % GLOBAL_EVERY === 0", "++p.schedtick < 0"],
  [
    "a failure in the last pass is lost",
    "program",
    "    surface(this);\n    if (this.failedByOther",
    "    if (this.failedByOther",
  ],
  ["only the first joiner is woken", "join", "    w.party.wake(w);\n  }", "    w.party.wake(w);\n    return;\n  }"],
  [
    "equal timers fire in any order",
    "timers",
    "when === otherWhen && ((seq - otherSeq) | 0) < 0",
    "when === otherWhen && ((seq - otherSeq) | 0) > 0",
  ],
  ["a stopped timer fires", "timers", ".queue === seqs[ROOT]) return", ".queue !== undefined) return"],
  ["a stopped timer is still set", "timers", "    e.queue = null;\n    this.stopped++;", "    this.stopped++;"],
  ["stopped timers leave only when they are due", "timers", "this.stopped > 64 &&", "this.stopped < 0 &&"],
  ["a stopped timer that has left still counts", "timers", "if (this.stopped > 0) this.stopped--;", ""],
  ["a stopped timer goes along to another heap", "timers", "if (e.queue === seqs[k]) other.insert", "other.insert"],
  ["a stopped timer keeps the host waiting", "timers", ") sched.host.park(this.next());", ") this.next();"],
  ["a sleep that was left holds its goroutine", "sleep", "w.party = null as never;", ""],
  [
    "the rest of a program has one second in all",
    "program",
    "(this.ends > before ? this.waitForRest() : this.finish())",
    "this.finish()",
  ],
  [
    "the rest of a program is waited for without end",
    "program",
    "(this.ends > before ? this.waitForRest() : this.finish())",
    "this.waitForRest()",
  ],
  ["a program that is over leaves its timer", "program", "if (this.budget !== null) sched", "if (this.live > 0) sched"],
  [
    "the words for a mistake never come",
    "body",
    "  rarely((rare) => rare.explain(err, rare[why](sched, value, toOp(value))));\n",
    "",
  ],
  [
    "an error does not wait for its words",
    "rare-later",
    "  if (loading === null || sched.rare !== null) f();",
    "  if (f !== null) f();",
  ],
  [
    "a mistake is no throw in its body",
    "schedule",
    'throw mistake(TypeError, "unfinished", value)',
    "return { done: true, value: undefined }",
  ],
  ["a handle that is returned counts as unfinished", "body", "&& !isHandle(value)", ""],
  [
    "what a scope that was left waits for still reaches it",
    "scope",
    "    this.owned.cancel(sideOf(w.party as G).reason);\n",
    "    void this.owned;\n",
  ],
  [
    "a ghost holds its goroutine",
    "leaks",
    "    this.registry.register(g, at);",
    "    this.registry.register(g, at);\n    this.sites.set(-at - 1, g as never);",
  ],
  ["a loop of outside awaits is never cut", "awaiter", "    else if (now >= sliceEnd) {", "    else if (now < 0) {"],
];

const core = join(root, "packages/core");
const home = mkdtempSync(join(tmpdir(), "mutate-core-"));
const workshop = join(home, "core");
cpSync(join(core, "src"), join(workshop, "src"), { recursive: true });
cpSync(join(core, "test"), join(workshop, "test"), { recursive: true });
// Some tests bundle programs with channels.
cpSync(join(root, "packages/chan/src"), join(home, "chan/src"), { recursive: true });
mkdirSync(join(workshop, "explore"));
cpSync(join(root, "packages/explore/src"), join(workshop, "explore"), { recursive: true });
symlinkSync(join(root, "node_modules"), join(workshop, "node_modules"), "junction");
writeFileSync(join(workshop, "package.json"), '{ "type": "module" }\n');
const at = (path) => JSON.stringify(join(workshop, path));
writeFileSync(
  join(workshop, "vitest.config.mjs"),
  `export default { resolve: { alias: [
     { find: "@gr/core/internal", replacement: ${at("src/internal.ts")} },
     { find: "@gr/core", replacement: ${at("src/index.ts")} },
     { find: "@gr/explore", replacement: ${at("explore/index.ts")} } ] },
   test: { include: ["test/*.test.ts"], exclude: ["test/deadlock.test.ts", "test/dist.test.ts", "test/types.test.ts"], testTimeout: 10000, bail: 1 } };\n`,
);
// Child processes bundle the copy, too.
const helper = join(workshop, "test/child.ts");
writeFileSync(
  helper,
  readFileSync(helper, "utf8").replace(
    'conditions: ["@gr/source"],',
    `alias: { "@gr/core/internal": ${at("src/internal.ts")}, "@gr/core": ${at("src/index.ts")}, "@gr/shm": ${JSON.stringify(join(root, "packages/shm/src/index.ts"))} },`,
  ),
);

/** A test that fails and its file, or null. */
async function killer() {
  const failed = await firstFailure({ cwd: workshop, args: [], ms: LIMIT_MS });
  return failed === null ? null : `"${failed.title}", ${basename(failed.file)}`;
}

const healthy = await killer();
if (healthy !== null) throw new Error(`the tests fail without any bug: ${healthy}`);
let survivors = 0;
const [words = ""] = process.argv.slice(2);
const chosen = BUGS.filter(([what]) => what.includes(words));
const pathOf = (file) => join(workshop, `src/${file}.ts`);
for (const [what, file, stands] of chosen) {
  const times = readFileSync(pathOf(file), "utf8").split(stands).length - 1;
  if (times !== 1)
    throw new Error(`${file}.ts has changed: "${what}" cannot be planted, its text stands there ${times} times`);
}
for (const [what, file, stands, planted] of chosen) {
  const path = pathOf(file);
  const source = readFileSync(path, "utf8");
  writeFileSync(
    path,
    source.replace(stands, () => planted),
  );
  const by = await killer();
  writeFileSync(path, source);
  console.log(by === null ? `SURVIVED  ${what}` : `killed    ${what}\n          by ${by}`);
  if (by === null) survivors += 1;
}
rmSync(home, { recursive: true, force: true });
console.log(`${chosen.length} bugs planted, ${survivors} survived`);
process.exitCode = survivors === 0 ? 0 : 1;
