// Whole programs, as users start them: what they print, how they end.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { program, start } from "./program.ts";

test("a program in one file, which every thread imports as far as its run()", async () => {
  const { out, err, code } = await program("one-file.mjs");
  expect(err).toBe("");
  expect(out).toContain('"sum":328350');
  expect(out.trim().endsWith("closed")).toBe(true);
  expect(code).toBe(0);
});

test("a program in one file of CommonJS", async () => {
  const { out, err, code } = await program("common.cjs");
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(JSON.parse(out)).toEqual({ sum: 328350, onMain: 0 });
});

/** How this host runs TypeScript, as arguments of node; null if it cannot. */
function typescript(): string[] | null {
  if ((process.features as { typescript?: unknown }).typescript) return [];
  // The user's own: no package here depends on it.
  const tsx = "tsx";
  try {
    return ["--import", import.meta.resolve(tsx)];
  } catch {
    return null;
  }
}

test("a program in one file of TypeScript, where the host takes it", async ({ skip }) => {
  const args = typescript();
  if (args === null) return skip("this Node strips no types, and tsx is not installed");
  const { ended } = start("typed.ts", [], { NODE_OPTIONS: args.join(" ") });
  const { out, code } = await ended;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ sum: 328350, onMain: 0 });
});

test("portables that are registered behind startThreads() are refused, the second name too", async () => {
  const { out, err, code } = await program("late-names.mjs");
  expect({ err, code }).toEqual({ err: "", code: 0 });
  const told = JSON.parse(out) as string[];
  expect(told).toHaveLength(3);
  for (const text of told) expect(text).toContain('NotPortableError: the portable "late-names:');
});

test("channels are imported after the threads have started, here and on a thread at work", async () => {
  const { out, err, code } = await program("late-chan.mjs");
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(JSON.parse(out)).toEqual({ hint: expect.stringContaining("still loading"), total: 10, same: true });
});

test("a host without Atomics.waitAsync, and whose messages come by the event loop only", async () => {
  const { out, err, code } = await program("old-host.mjs");
  expect(err).toBe("");
  expect(JSON.parse(out)).toEqual({
    sum: 5050,
    tree: 32,
    blocking: 8,
    thread: 3,
    cancelled: "GR_CANCELLED",
    echo: 40,
    shared: [20, 7, true],
    refused: "value.buffer: a SharedArrayBuffer that has not reached every thread yet (see share) cannot cross threads",
    taken: 1,
  });
  expect(code).toBe(0);
});

test("a goroutine on another thread that is waited for keeps the process alive", async () => {
  expect(await program("waits-outside.mjs")).toMatchObject({ out: expect.stringMatching(/done on M\d/), code: 0 });
});

test("idle threads do not keep the process alive, and its exit code stays", async () => {
  expect(await program("exits.mjs")).toMatchObject({ out: "3\n", err: "", code: 7 });
});

test("an unjoined failure outside every run ends the process as an unhandled rejection does", async () => {
  const { err, code } = await program("unjoined.mjs");
  expect(err).toContain("nobody caught this");
  expect(code).toBe(1);
});

test("a portable that cannot be found fails its handle with module, name and remedy", async () => {
  const { out, code } = await program("not-portable.mjs");
  const [gone, elsewhere] = out.split("\n");
  expect(gone).toMatch(
    /^NotPortableError GR_NOT_PORTABLE .*"test:gone" of file:.*no-such-file\.mjs.*could not be imported/,
  );
  expect(elsewhere).toMatch(/^NotPortableError .*"test:elsewhere".*does not register the name.*serve\(/);
  expect(code).toBe(0);
});

test("a portable registered after the top-level run() is reported with the reason", async () => {
  const { out, code } = await program("late.mjs");
  expect(out).toMatch(
    /NotPortableError .*"test:late".*reached run\(\) or startThreads\(\) before it registered the name/,
  );
  expect(code).toBe(0);
});

test("go() at the top level of an imported module names the remedy", async () => {
  const { out, code } = await program("go-at-top.mjs");
  expect(out).toContain("1");
  expect(code).toBe(0);
});

test("Ctrl-C ends a program whose threads compute", async () => {
  const { child, ended, said } = start("computes.mjs");
  await said("computing");
  child.kill("SIGINT");
  expect(await ended).toMatchObject({ signal: "SIGINT" });
});

test("GRDEBUG=hog names the place where a thread does not come back, main's too, once, among schedtrace's lines", async () => {
  const { err, code } = await start("hogs.mjs", [], { GRDEBUG: "schedtrace=100,hog=60" }).ended;
  const lines = err.trim().split("\n");
  const hogs = lines.filter((line) => line.includes("/fixtures/")).map((line) => line.replace(/\S*\/fixtures\//, ""));
  const lineOf = (file: string, text: string): number =>
    readFileSync(new URL(`./fixtures/${file}`, import.meta.url), "utf8")
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1;
  const place = (who: string, name: string, file: string, text: string): unknown =>
    expect.stringMatching(
      new RegExp(
        `^threads: ${who} has not come back to its scheduler for \\d+ ms: ${name} at ${file}:${lineOf(file, text)}:\\d+$`,
      ),
    );
  expect(hogs).toEqual([
    place("M\\d", "test:spin", "tasks.mjs", "performance.now() < end"),
    place("the main thread \\(M0\\)", "blocksInGoroutine", "hogs.mjs", "// here"),
    place("the main thread \\(M0\\)", "computesOutside", "hogs.mjs", "// there"),
  ]);
  expect(lines.some((line) => line.startsWith("SCHED "))).toBe(true);
  expect(code).toBe(0);
});

test.each([
  ["starts", 1],
  ["judge", 1],
  ["deaths", 2],
])("%s: a part that cannot be loaded when main needs it closes the threads, and nothing hangs", async (part, n) => {
  const { out, err, code } = await program("missing.mjs", part);
  const [lost, then] = out.trim().split("\n");
  expect(JSON.parse(lost as string)).toEqual(
    Array.from({ length: n }, () => expect.stringMatching(/^GR_THREAD_LOST: .*the threads were closed/)),
  );
  expect(then).toBe("42 2");
  expect(err).toContain(`threads: closed, because a part cannot be loaded: Error: no ${part} here`);
  expect(code).toBe(0);
});
