// `npm run check`: every guard that needs no build, all at once, each with its own line.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { tallyLine } from "./tally.mjs";
import { repositoryRoot as root } from "./workspaces.mjs";

const bin = (...path) => join(root, "node_modules", ...path);
const script = (name) => join(root, "scripts", name);

const guards = [
  ["types", [bin("turbo", "bin", "turbo"), "run", "typecheck", "--continue", "--output-logs=errors-only"]],
  ["README blocks", [script("check-readme.mjs")]],
  ["unused code", [bin("knip", "bin", "knip.js"), "--no-config-hints"]],
  ["format and lint", [bin("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", "."]],
  ["layers", [script("check-layers.mjs")]],
  ["essays", [script("check-essays.mjs")]],
  ["rules", [script("check-rules.mjs")]],
];

/** Runs one guard; its output is shown as one piece, and only when it has something to say. */
function runGuard([name, args]) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("close", (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const text = Buffer.concat(chunks).toString().trimEnd();
      if (code !== 0) console.log(text);
      console.log(`${code === 0 ? "ok  " : "FAIL"}  ${name}  ${seconds} s`);
      resolve(code === 0);
    });
  });
}

const results = await Promise.all(guards.map(runGuard));
const passed = results.filter(Boolean).length;
console.log(tallyLine({ passed, failed: results.length - passed }));
process.exitCode = passed === results.length ? 0 : 1;
