import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// GR_SOAK=1000000 for a million goroutines, which takes minutes; GR_SOAK_SEED for a run like the one that failed.
const size = Number(process.env.GR_SOAK ?? 5000);
const seed = process.env.GR_SOAK_SEED ?? String(Date.now() % 1_000_000);
const file = fileURLToPath(new URL("../dist/soak.js", import.meta.url));

/** Runs the program, which ends by itself or is at fault. */
function soak(): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [file, String(size), seed], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => {
    out += data;
  });
  child.stderr.on("data", (data) => {
    err += data;
    if (size > 100_000) process.stderr.write(data);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

test(`${size} goroutines that are cancelled and lose their threads end exactly once each (seed ${seed})`, {
  timeout: 120_000 + size * 2,
  retry: 0,
}, async () => {
  const { code, out, err } = await soak();
  expect([code, err.includes("Error:") ? err : ""]).toEqual([0, ""]);
  const { goroutines, killed, procs, samples, ends } = JSON.parse(out);
  if (size > 100_000) process.stdout.write(out);
  expect(goroutines).toBe(size);
  expect(Object.values<number>(ends).reduce((a, b) => a + b)).toBe(size);
  for (const n of [ends.value, ends.error, ends.cancelled, procs, samples]) expect(n).toBeGreaterThan(0);
  // Whether a thread is killed in a short run is for chance to say.
  if (size >= 100_000) for (const n of [killed, ends.lost, ends.unjoined]) expect(n).toBeGreaterThan(0);
});
