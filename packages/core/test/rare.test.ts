import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bundle, child, run } from "./child.ts";

// Nothing is loaded in virtual time: these run in processes of their own.

const scratch = mkdtempSync(join(tmpdir(), "gr-rare-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("what is loaded when it is first needed", () => {
  test("a mistake in a body: the goroutine waits for its words, others go on, and it is thrown where it was made", async () => {
    const { out, err } = await child(`
      import { call, go, run, sleep } from "@gr/core";
      const say = (e) => console.log(e.name + ": " + e.message);
      await run(function* () {
        const other = go(function* () { console.log("other"); });
        try { yield sleep(1); } catch (e) { say(e); }
        yield* other;
        try { yield* call(function* () { return sleep(1); }); } catch (e) { say(e); }
        try { yield* go(async function* () {}); } catch (e) { say(e); }
      });`);
    expect(err).toBe("");
    expect(out.split("\n")).toEqual([
      "other",
      "MisuseError: a goroutine yielded an operation (sleep): write yield* (with the star), as in yield* ch.recv()",
      "TypeError: a goroutine's body returned an operation that was never run: write return yield* …",
      "TypeError: go: an async generator cannot be a goroutine's body: use function* with yield*, or an async function",
      "",
    ]);
  });

  test("run settles after the report on what did not end", async () => {
    const { out, err } = await child(`
      import { go, run, sleep, until } from "@gr/core";
      const log = [];
      await run(function* () {
        go(async function stuck() { await new Promise(() => setTimeout(() => {}, 2000)); });
        yield* sleep(1);
      }, { onLeak: (r) => log.push(r.text) });
      console.log(log.join());
      process.exit(0);`);
    expect(err).toBe("");
    expect(out).toMatch(
      /1 goroutine\(s\) did not end within a second after main returned:\n {2}goroutine \d+ \(stuck\)/,
    );
  });

  test("what cannot be loaded is told, and nothing hangs", async () => {
    const outdir = join(scratch, "missing");
    await bundle(
      `import { run, sleep, until } from "@gr/core";
       process.on("exit", () => console.log("exit"));
       await run(function* () {
         try { yield sleep(1); } catch (e) { console.log(e.name); }
       });
       await run(() => until(new Promise(() => {})));`,
      { outfile: undefined, outdir, splitting: true, entryNames: "main", outExtension: { ".js": ".mjs" } },
    );
    for (const name of readdirSync(outdir)) if (name.startsWith("rare")) rmSync(join(outdir, name));
    const { out, err, code } = await run(join(outdir, "main.mjs"));
    expect(out).toBe("MisuseError\nexit\n");
    expect(err).toContain("a part cannot be loaded");
    expect(code).toBe(13);
  });
});
