// The proofs that take too long for every change: mutants, planted bugs, a night's number of random programs, ten
// million goroutines, stress.
//
//   npm run proofs               all of them: hours
//   npm run proofs -- planted    those whose name begins so
//   npm run proofs -- --list     their names
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot as root } from "./workspaces.mjs";

const conformance = join(root, "packages", "conformance");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

/** [name, directory, arguments of node, environment] */
const PROOFS = [
  ["random-programs", conformance, [vitest, "run", "test/random-programs.test.ts"], { GR_PROGRAMS: "100000" }],
  [
    "random-over-threads",
    conformance,
    [vitest, "run", "test/random-programs.threads.test.ts"],
    { GR_PROGRAMS: "10000" },
  ],
  ["planted", conformance, ["planted.mjs"], {}],
  ["planted-shared", conformance, ["planted-shared.mjs"], {}],
  ...readdirSync(join(root, "scripts"))
    .filter((file) => /^mutate-\w+\.mjs$/.test(file))
    .map((file) => [file.slice(0, -".mjs".length), root, [join("scripts", file)], {}]),
  ["heap-rounds", root, ["--expose-gc", join("bench", "heap-rounds.mjs")], {}],
  ["stress", conformance, [vitest, "run", "test/stress.threads.test.ts"], { GR_STRESS: "660" }],
  ["sync-stress", conformance, [vitest, "run", "test/sync-stress.threads.test.ts"], { GR_STRESS: "120" }],
  ["soak", conformance, [vitest, "run", "test/soak.threads.test.ts"], { GR_SOAK: "1000000" }],
];

const asked = process.argv.slice(2);
if (asked.includes("--list")) {
  for (const [name] of PROOFS) console.log(name);
} else {
  const chosen = PROOFS.filter(([name]) => asked.length === 0 || asked.some((start) => name.startsWith(start)));
  if (chosen.length === 0) {
    console.error(
      `proofs: none begins with ${asked.join(" or ")}; there are ${PROOFS.map(([name]) => name).join(", ")}`,
    );
    process.exit(2);
  }
  const failed = chosen.filter(([name, cwd, args, env]) => {
    console.log(`\n=== ${name}`);
    return spawnSync(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" }).status !== 0;
  });
  for (const [name] of failed) console.log(`=== failed: ${name}`);
  console.log(`${chosen.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) process.exit(1);
}
