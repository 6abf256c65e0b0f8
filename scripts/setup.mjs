// Set-up: from plain Node and npm to an installed workspace with the pinned pnpm on PATH.
//
// What.  `setUp()` returns the environment in which turbo and the tools run. A second call without a change costs some
//        file reads: neither npm nor pnpm is started.
// How.   A stamp in node_modules names what was installed: a hash of the lockfile, of every package.json and of what
//        the installers left behind, and the folder that holds pnpm. It is believed only if the hash is the same and
//        every dependency of every workspace can still be found on disk.
// Rejected. pnpm as a devDependency: turbo then finds it by a path relative to the wrong folder. corepack: gone from
//        Node 25, and it wants signatures that package mirrors do not carry.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { dependenciesOf, readJson, repositoryRoot as root, workspaces } from "./workspaces.mjs";

const stampFile = join(root, "node_modules", ".gr-setup.json");
const pnpmSpec = readJson(join(root, "package.json")).packageManager.split("+")[0];

/** Prints one line about what is going on. */
export function say(text) {
  console.log(`gr: ${text}`);
}

/** Installs what is missing and returns the environment for everything that is run afterwards. */
export function setUp() {
  const env = toolEnvironment();
  const stamp = readStamp();
  const hash = installedHash();
  if (stamp !== null && stamp.hash === hash && isPnpm(stamp.pnpm) && allDependenciesPresent()) {
    return withPath(env, stamp.pnpm);
  }

  const pnpm = stamp !== null && isPnpm(stamp.pnpm) ? stamp.pnpm : fetchPnpm(env);
  const ready = withPath(env, pnpm);
  say("installing dependencies (pnpm install)");
  const args = [pnpmScript(pnpm), "install", "--frozen-lockfile", "--prefer-offline"];
  const result = spawnSync(process.execPath, args, { cwd: root, env: ready, stdio: "inherit" });
  if (result.status !== 0) {
    say("pnpm install failed. If you changed a package.json, bring the lockfile up to date: npm run pnpm -- install");
    process.exit(result.status || 1);
  }
  writeFileSync(stampFile, `${JSON.stringify({ hash: installedHash(), pnpm })}\n`);
  return ready;
}

/** The environment plus the pinned pnpm, nothing installed: for `npm run pnpm`. */
export function pnpmOnly() {
  const env = toolEnvironment();
  const stamp = readStamp();
  const pnpm = stamp !== null && isPnpm(stamp.pnpm) ? stamp.pnpm : fetchPnpm(env);
  return { env: withPath(env, pnpm), script: pnpmScript(pnpm) };
}

function toolEnvironment() {
  const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    npm_config_update_notifier: "false",
    // turbo does not hash the Node version; the test tasks hash this, so no result is replayed on another Node.
    GR_NODE: process.version,
  };
  // An outer `npx -c …` leaves these behind, and an inner `npm exec` then refuses its arguments.
  for (const key of Object.keys(env)) if (/^npm_config_(call|package)$/i.test(key)) delete env[key];
  return env;
}

/** Puts pnpm first on PATH by an absolute path (turbo and changesets start it by name), then this very Node. */
function withPath(env, pnpm) {
  const key = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  return { ...env, [key]: [pnpm, dirname(process.execPath), env[key] ?? ""].join(delimiter) };
}

/** Has npm fetch the pinned pnpm into its own cache and returns the folder with the command. */
function fetchPnpm(env) {
  say(`getting ${pnpmSpec} through npm`);
  // `node -p process.env.PATH` holds no character that a shell would touch, on any platform.
  const wanted = ["exec", "--yes", "--prefer-offline", `--package=${pnpmSpec}`, "--", "node", "-p", "process.env.PATH"];
  const [command, ...before] = npmCommand(env);
  const stdio = ["ignore", "pipe", "inherit"];
  const result = spawnSync(command, [...before, ...wanted], { cwd: root, env, stdio, encoding: "utf8" });
  const path = result.status === 0 ? result.stdout.trimEnd().split("\n").at(-1) : "";
  const pnpm = path.split(delimiter).find(isPnpm);
  if (pnpm === undefined) {
    say(`could not get ${pnpmSpec} through npm${result.error ? `: ${result.error.message}` : ""}`);
    process.exit(1);
  }
  return pnpm;
}

/** npm as a program and first arguments; never npm.cmd, which Node starts only through a shell. */
export function npmCommand(env) {
  const beside = join(dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  for (const script of [env.npm_execpath, beside]) {
    if (script && /npm-cli\.[cm]?js$/.test(script) && existsSync(script)) return [process.execPath, script];
  }
  return ["npm"];
}

function pnpmScript(bin) {
  return join(bin, "..", "pnpm", "bin", "pnpm.cjs");
}

/** True if this folder of commands is the one that belongs to the pinned pnpm. */
function isPnpm(bin) {
  try {
    return typeof bin === "string" && `pnpm@${readJson(join(bin, "..", "pnpm", "package.json")).version}` === pnpmSpec;
  } catch {
    return false;
  }
}

function readStamp() {
  try {
    return readJson(stampFile);
  } catch {
    return null;
  }
}

function installedHash() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  const manifests = workspaces().map((workspace) => `${workspace.dir}/package.json`);
  for (const file of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc", ...manifests]) {
    const path = join(root, file);
    hash.update(`${file}\n`).update(existsSync(path) ? readFileSync(path) : "absent");
  }
  // Whoever installed last (pnpm, or npm behind our back) left a new one of these.
  for (const trace of [".modules.yaml", ".package-lock.json"]) {
    const path = join(root, "node_modules", trace);
    hash.update(existsSync(path) ? `${statSync(path).mtimeMs}\n` : "absent\n");
  }
  return hash.digest("hex");
}

function allDependenciesPresent() {
  const all = [{ path: root, manifest: readJson(join(root, "package.json")) }, ...workspaces()];
  return all.every(({ path, manifest }) =>
    Object.keys(dependenciesOf(manifest)).every((name) => existsSync(join(path, "node_modules", name, "package.json"))),
  );
}
