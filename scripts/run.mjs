// One entry for `npm start`, `npm test` and `npm run build|check|bench|…`. Needs only Node and npm: it sets the
// workspace up (setup.mjs), has turbo build what changed, then runs the job.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pnpmOnly, say, setUp } from "./setup.mjs";
import { countReports, forgetReports, tallyLine } from "./tally.mjs";
import { repositoryRoot as root } from "./workspaces.mjs";

const jobs = {
  /** Builds what is needed, then hands the terminal to the example program: its flags, its progress, its exit code. */
  async start(env, args) {
    await build(env, []);
    return node(env, [join(root, "apps", "playground", "bin", "start.mjs"), ...args]);
  },
  async build(env, args) {
    return build(env, args);
  },
  async test(env, args) {
    return test(env, ["build", "typecheck", "test"], args);
  },
  /** Tests alone, without types: for another Node version over the same build. */
  async retest(env, args) {
    return test(env, ["test"], args);
  },
  async check(env, args) {
    return node(env, [join(root, "scripts", "check.mjs"), ...args]);
  },
  async format(env, args) {
    const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
    return node(env, [biome, "check", "--write", ...(args.length > 0 ? args : ["."])]);
  },
  async types(env, args) {
    return node(env, turbo("typecheck", "--continue", "--output-logs=new-only", ...args));
  },
  async page(env, args) {
    await build(env, []);
    return node(env, [pnpmOnly().script, "--dir", join(root, "apps", "playground"), "run", "test:page", ...args]);
  },
  async bench(env, args) {
    await build(env, []);
    return node(env, [join(root, "bench", "run.mjs"), ...args]);
  },
  async proofs(env, args) {
    await build(env, []);
    return node(env, [join(root, "scripts", "proofs.mjs"), ...args]);
  },
  async changeset(env, args) {
    return node(env, [changesets, ...args]);
  },
  async release(env) {
    await build(env, ["--filter=./packages/*"]);
    return node(env, [changesets, "publish"]);
  },
};

/** Failed tests that are named again at the end. */
const MAX_TITLES = 20;
/** Ctrl-C was pressed while a child ran. */
let interrupted = false;

const changesets = join(root, "node_modules", "@changesets", "cli", "bin.js");

/** Builds what changed. One line per package that is really built; the whole log only if something failed. */
async function build(env, args) {
  const log = [];
  const show = (line) => {
    log.push(line);
    const begun = /^(\S+):build: cache (?:miss|bypass)/.exec(line);
    if (begun !== null) say(`building ${begun[1]}`);
  };
  const code = await node(env, turbo("build", "--output-logs=new-only", ...args), show);
  // An interrupted turbo may end as if it had done all.
  if (interrupted) {
    say("stopped");
    process.exit(130);
  }
  if (code !== 0) {
    console.log(log.join("\n"));
    process.exit(code);
  }
  return code;
}

async function test(env, tasks, args) {
  if (/[#?]/.test(root)) {
    say(`Vite, which loads the tests, cannot read a path that holds # or ?; move the repository out of ${root}`);
    return 1;
  }
  say(`${tasks.join(", ")} on Node ${process.version}`);
  forgetReports();
  const options = ["--continue=dependencies-successful", "--output-logs=new-only"];
  const code = await node(env, turbo(...tasks, ...options, ...args));
  const sum = countReports();
  // Who asks for a part of the workspaces gets no word about the others.
  if (args.some((arg) => /^(--filter|-F|--affected)/.test(arg))) {
    sum.failed -= sum.missing.length;
    sum.missing = [];
  }
  for (const name of sum.missing) say(`${name}: its tests did not run to their end`);
  // All tests passed, yet turbo did not: a build or a type check, which has no tests of its own to count.
  if (code !== 0 && sum.failed === 0) {
    say("no test failed, but a build or a type check did; see above");
    sum.failed = 1;
  }
  for (const title of sum.titles.slice(0, MAX_TITLES)) say(`failed: ${title}`);
  console.log(tallyLine(sum));
  return sum.failed === 0 ? 0 : code || 1;
}

function turbo(...args) {
  return [join(root, "node_modules", "turbo", "bin", "turbo"), "run", "--concurrency=100%", ...args];
}

/**
 * Runs a script of this repository on this Node, in the user's terminal, or with its output handed to `show` by lines.
 * Resolves with its exit code.
 */
function node(env, args, show) {
  return new Promise((resolve, reject) => {
    const output = show === undefined ? "inherit" : "pipe";
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["inherit", output, output] });
    if (show !== undefined) for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", show);
    // Ctrl-C reaches the child by itself, as it is in the same terminal; it decides what that means. A signal sent to
    // this process alone must be handed on.
    const wait = () => {
      interrupted = true;
    };
    const pass = (signal) => child.kill(signal);
    process.on("SIGINT", wait).on("SIGTERM", pass).on("SIGHUP", pass);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", wait).off("SIGTERM", pass).off("SIGHUP", pass);
      resolve(signal === null ? code : 128 + constants.signals[signal]);
    });
  });
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`this repository needs Node 20.19 or newer; this is ${process.version}`);
  process.exit(1);
}

const [name = "test", ...args] = process.argv.slice(2);
if (name === "pnpm") {
  const { env, script } = pnpmOnly();
  process.exitCode = await node(env, [script, ...args]);
} else if (Object.hasOwn(jobs, name)) {
  process.exitCode = await jobs[name](setUp(), args);
} else {
  say(`no job named ${name}; there are: ${[...Object.keys(jobs), "pnpm"].join(", ")}`);
  process.exitCode = 1;
}
