// Runs one side once, as a process of its own, and reads the line it prints.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { busyMs } from "./noise.mjs";

const sideScript = fileURLToPath(new URL("./side.mjs", import.meta.url));

/** A side that takes longer has hung. */
const LIMIT_MS = 300_000;

/**
 * Resolves with the line of the side: { result, ns, bytes?, rssBytes, cpuMs } or { unavailable } or { error }, and with
 * `foreignCores`: how many cores others kept busy meanwhile.
 */
export async function runSide(side, params, env = process.env) {
  const { command, args } = commandOf(side, params);
  const before = busyMs();
  const started = performance.now();
  const own = process.cpuUsage();
  const line = await capture(command, args, {
    ...env,
    ...side.env,
    ...(side.procs && { GOMAXPROCS: String(side.procs) }),
  });
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(own);
  const foreignMs = busyMs() - before - (line.cpuMs ?? 0) - (user + system) / 1000;
  return { ...line, wallMs, foreignCores: Math.max(0, foreignMs / wallMs) };
}

function commandOf(side, params) {
  const json = JSON.stringify(params);
  if (side.binary !== undefined) return { command: side.binary, args: [side.program, json] };
  return { command: process.execPath, args: [...(side.flags ?? []), sideScript, side.file, side.program, json] };
}

function capture(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      err += text;
    });
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, LIMIT_MS);
    child.on("error", (error) => resolve({ error: error.message }));
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      if (late) return resolve({ error: `did not end within ${LIMIT_MS / 1000} s` });
      resolve(lastLine(out) ?? { error: `ended with ${signal ?? code} and no result: ${err.trim().slice(-500)}` });
    });
  });
}

// Programs may print; the report is the last line.
function lastLine(out) {
  const line = out.trimEnd().split("\n").at(-1);
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
