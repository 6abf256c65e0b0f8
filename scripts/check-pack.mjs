// Packing: what would be published is whole.
//
// What.  Packs a package as pnpm would publish it and has publint judge the tarball; `installAlone` then installs it
//        with its row of siblings only, from tarballs, without a network, into a folder that knows nothing of this
//        repository.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { isMain } from "./main.mjs";
import { npmCommand, pnpmOnly } from "./setup.mjs";
import { readJson, repositoryRoot as root, workspaces } from "./workspaces.mjs";

/** The packages that are published. */
export function publicPackages() {
  return workspaces().filter(({ dir, manifest }) => dir.startsWith("packages/") && manifest.private !== true);
}

/** A folder of one's own below the system's temporary folder; `remove` takes it away again. */
export function temporaryFolder(name) {
  const path = mkdtempSync(join(tmpdir(), `gr-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Packs a workspace into `folder` and returns the tarball's path. */
export function pack(workspace, folder) {
  const { env, script } = pnpmOnly();
  const target = join(folder, basename(workspace.dir));
  mkdirSync(target, { recursive: true });
  must([process.execPath, script, "pack", "--pack-destination", target], workspace.path, env);
  const [tarball] = readdirSync(target).filter((name) => name.endsWith(".tgz"));
  return join(target, tarball);
}

/** What publint finds wrong with a tarball; empty if nothing is. */
export function publintProblems(tarball) {
  const cli = join(root, "node_modules", "publint", "src", "cli.js");
  const result = run([process.execPath, cli, "run", tarball, "--strict"], dirname(tarball), process.env);
  return result.status === 0 ? "" : result.output;
}

/** Installs these tarballs, and nothing else, as a consumer would. */
export function installAlone(tarballs, folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  // A consumer's npm has an environment of its own, not that of the script which started this one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key)));
  const flags = ["--offline", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  must([...npmCommand(process.env), "install", ...flags, ...tarballs], folder, env);
  return readdirSync(join(folder, "node_modules"), { recursive: false }).filter((name) => !name.startsWith("."));
}

/** The entries of a package that a consumer can import, as specifiers. */
export function entriesOf(manifest) {
  const exported = manifest.publishConfig?.exports ?? manifest.exports;
  const doors = Object.keys(exported).filter((door) => door !== "./package.json");
  return doors.map((door) => manifest.name + door.slice(1));
}

/** Runs a small program in a consumer's folder and returns what it printed. */
export function runIn(folder, file, text) {
  writeFileSync(join(folder, file), text);
  return must([process.execPath, file], folder, process.env);
}

/** Type-checks files, each by what is installed beside it, as a strict consumer would. Returns what is wrong, or "". */
export function typeProblemsOf(files) {
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022"];
  const roots = ["--types", "node", "--typeRoots", join(root, "node_modules", "@types")];
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const lib = ["--lib", "es2023,dom,esnext.disposable"];
  const result = run([process.execPath, tsc, ...options, ...lib, ...roots, ...files], dirname(files[0]), process.env);
  return result.status === 0 ? "" : result.output;
}

function run([command, ...args], cwd, env) {
  const result = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  return { status: result.status, output: `${result.stdout}${result.stderr}`, stdout: result.stdout };
}

function must(command, cwd, env) {
  const { status, output, stdout } = run(command, cwd, env);
  if (status !== 0) throw new Error(`${command.join(" ")}: ended with ${status}\n${output}`);
  return stdout;
}

if (isMain(import.meta.url)) {
  const folder = temporaryFolder("pack");
  try {
    const here = readJson(join(process.cwd(), "package.json"));
    const wanted = publicPackages().filter(
      ({ name }) => !publicPackages().some((p) => p.name === here.name) || name === here.name,
    );
    for (const workspace of wanted) {
      const problems = publintProblems(pack(workspace, folder.path));
      console.log(problems === "" ? `ok    ${workspace.name}` : `FAIL  ${workspace.name}\n${problems}`);
      if (problems !== "") process.exitCode = 1;
    }
  } finally {
    folder.remove();
  }
}
