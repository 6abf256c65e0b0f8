// The job as a user starts it, on small trees of its own: counts, what it leaves out, errors, Ctrl-C.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { JobFigures } from "../src/figures.ts";

const start = join(dirname(fileURLToPath(import.meta.url)), "..", "bin", "start.mjs");
const scratch = mkdtempSync(join(tmpdir(), "gr job "));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Runs the job; `whenSaid` may send a signal once the output holds a text. */
function job(args: readonly string[], whenSaid?: { text: string; signal: NodeJS.Signals }): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [start, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    let sent = false;
    const take = (chunk: Buffer): void => {
      text += chunk.toString();
      if (whenSaid === undefined || sent || !text.includes(whenSaid.text)) return;
      sent = true;
      child.kill(whenSaid.signal);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, text }));
  });
}

function tree(name: string, files: number): string {
  const root = join(scratch, name);
  for (let i = 0; i < files; i++) {
    const dir = join(root, `folder ${i % 7}`);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, `text-${i}.txt`), `one two três\nvier ${i}\n`);
  }
  return root;
}

test("every way counts the same, and what is no text is left out and counted", async () => {
  const root = tree("mixed", 300);
  const out = join(scratch, "out");
  writeFileSync(join(root, "empty.txt"), "");
  writeFileSync(join(root, "no newline.txt"), "last line");
  writeFileSync(join(root, "picture.bin"), Buffer.from([1, 2, 0, 3]));
  writeFileSync(join(root, "huge.txt"), Buffer.alloc(2 * 1024 * 1024 + 1, "x"));
  symlinkSync("nowhere", join(root, "dangling"));
  const { code, text } = await job([root, "--once", "--procs", "2", "--out", out]);
  expect(text).toContain("All ways counted the same.");
  expect(code).toBe(0);
  const figures = JSON.parse(readFileSync(join(out, "figures.json"), "utf8")) as JobFigures;
  expect(figures.result).toMatchObject({ files: 302, words: 300 * 5 + 2, lines: 601 });
  expect(figures.result.skipped).toEqual({ binary: 1, huge: 1, unreadable: 0 });
  expect(figures.runs.map((run) => run.equal)).toEqual([true, true, true]);
  const ran = figures.spread.perM.reduce((sum, m) => sum + m.goroutines, 0);
  expect(ran).toBe(figures.spread.portables);
  expect(readFileSync(join(out, "trace.grt")).subarray(0, 8).toString()).toBe("GRTRACE1");
}, 120_000);

test("a directory that does not exist, or is a file, is a clear error and exit code 1", async () => {
  const missing = await job([join(scratch, "missing"), "--once"]);
  expect(missing).toEqual({
    code: 1,
    text: `gr: cannot read the directory ${join(scratch, "missing")}: it does not exist\n`,
  });
  writeFileSync(join(scratch, "file"), "");
  const file = await job([join(scratch, "file")]);
  expect(file).toEqual({ code: 1, text: `gr: expected a directory, got a file: ${join(scratch, "file")}\n` });
});

test("an option it does not know is told with the usage", async () => {
  const { code, text } = await job(["--twice"]);
  expect(code).toBe(1);
  expect(text).toContain("usage: npm start");
});

test("Ctrl-C in the middle ends it with 130", async () => {
  const root = tree("many", 3000);
  const args = [root, "--once", "--procs", "2", "--out", join(scratch, "stopped")];
  const { code, text } = await job(args, { text: "plain loop", signal: "SIGINT" });
  expect(code).toBe(130);
  expect(text).toContain("gr: stopped");
}, 60_000);
