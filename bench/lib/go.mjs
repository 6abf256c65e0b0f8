// The Go side: one binary with a subcommand per program, built from bench/go into bench/.cache when its source changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../go/", import.meta.url));
const cache = fileURLToPath(new URL("../.cache/", import.meta.url));

/** Oldest Go that the programs compile with. */
const OLDEST_MINOR = 19;

/**
 * Finds Go and builds the binary. Gives { binary, version } or { unavailable: why }. `go` is looked for in the PATH, in
 * GOROOT and where its installer puts it.
 */
export function buildGo(env = process.env) {
  const go = findGo(env);
  if (go === undefined) return { unavailable: "go is not installed" };
  const version = run(go, ["env", "GOVERSION"], env).stdout.trim();
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  if (minor < OLDEST_MINOR) return { unavailable: `${version} is older than go1.${OLDEST_MINOR}` };
  const binary = join(cache, `go-${keyOf(version)}${process.platform === "win32" ? ".exe" : ""}`);
  if (!existsSync(binary)) {
    mkdirSync(cache, { recursive: true });
    const { status, stderr } = run(go, ["build", "-o", binary, "."], { ...env, GOTOOLCHAIN: "local", GOFLAGS: "" });
    if (status !== 0) throw new Error(`bench/go does not build with ${version}:\n${stderr}`);
  }
  return { binary, version };
}

function findGo(env) {
  const name = process.platform === "win32" ? "go.exe" : "go";
  const folders = (env.PATH ?? "").split(delimiter);
  if (env.GOROOT) folders.push(join(env.GOROOT, "bin"));
  folders.push("/usr/local/go/bin", "C:\\Program Files\\Go\\bin");
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

function run(go, args, env) {
  return spawnSync(go, args, { cwd: source, encoding: "utf8", env });
}

function keyOf(version) {
  const hash = createHash("sha256").update(version);
  for (const file of readdirSync(source).sort()) hash.update(file).update(readFileSync(join(source, file)));
  return hash.digest("hex").slice(0, 16);
}
