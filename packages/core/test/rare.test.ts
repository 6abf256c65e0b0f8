import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bundle, child, run } from "./child.ts";

// Nothing is loaded in virtual time: these run in processes of their own.

const scratch = mkdtempSync(join(tmpdir(), "gr-rare-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("what is loaded when it is first needed", () => {
  test("a mistake in a body is thrown where it was made, at once; when its words are here, it says them", async () => {
    const { out, err } = await child(`
      import { call, go, run, sleep } from "@gr/core";
      const seen = [];
      const say = (e) => console.log(e.name + ": " + e.message);
      await run(function* () {
        try { yield sleep(1); } catch (e) { seen.push(e); }
        try { yield* call(function* () { return sleep(1); }); } catch (e) { seen.push(e); }
        try { yield* go(async function* () {}); } catch (e) { seen.push(e); }
        const frozen = go(function* () { try { yield 5; } catch (e) { throw Object.freeze(e); } });
        try { yield* frozen; } catch (e) { seen.push(e); }
        console.log(seen[0].message);
      });
      seen.forEach(say);
      console.log(seen[0].stack.includes(seen[0].message));`);
    expect(err).toBe("");
    expect(out.split("\n")).toEqual([
      "misusedYield: its explanation is being loaded",
      "MisuseError: a goroutine yielded an operation (sleep): write yield* (with the star), as in yield* ch.recv()",
      "TypeError: a goroutine's body returned an operation that was never run: write return yield* …",
      "TypeError: go: an async generator cannot be a goroutine's body: use function* with yield*, or an async function",
      "MisuseError: misusedYield: its explanation is being loaded",
      "true",
      "",
    ]);
  });

  test.each([
    ["yield sleep(1)", "MisuseError: a goroutine yielded an operation (sleep)"],
    ["return sleep(1)", "TypeError: a goroutine's body returned an operation that was never run"],
    ["yield Promise.resolve(1)", "MisuseError: a goroutine yielded a promise"],
  ])("a mistake (%s) is not lost when something else happens while its words are loaded", async (mistake, told) => {
    const { out, err } = await child(`
      import { call, go, gosched, run, sleep, timeout, CancelledError } from "@gr/core";
      const bad = function* () { ${mistake}; };
      const log = (what) => (e) => console.log(what + ": " + e.name + ": " + e.message);
      // One of these loads the words; they are started together, so that none has them.
      const ends = [];
      const start = (what, main) => ends.push(run(main).then(() => console.log(what + ": resolved"), log(what)));
      start("main returns", function* () { go(bad); yield* gosched(); return 1; });
      start("cancel", function* () { const g = go(bad); yield* gosched(); g.cancel("x"); yield* g; });
      start("timeout", function* () { yield* timeout(call(bad), 0.01); });
      start("main fails", function* () { go(bad); throw new Error("own"); });
      ends.push(go(bad).then(undefined, log("outside")));
      await Promise.all(ends);`);
    for (const what of ["main returns", "cancel", "timeout", "outside"]) expect(out).toContain(`${what}: ${told}`);
    expect(out).toContain("main fails: Error: own");
    expect(err).toBe("");
  });

  test("a mistake that nobody joins or catches is printed whole", async () => {
    const { code, err } = await child(`
      import { go, run, sleep } from "@gr/core";
      go(function* () { yield sleep(1); });`);
    expect(err).toContain("a goroutine yielded an operation (sleep): write yield*");
    expect(code).toBe(1);
    const second = await child(`
      import { go, gosched, run, sleep } from "@gr/core";
      await run(function* () { go(function* () { yield sleep(1); }); yield* gosched(); throw new Error("own"); })
        .catch((e) => console.log(e.message));`);
    expect(second.out).toBe("own\n");
    expect(second.err).toContain(
      "another error, after the one that ended the program: MisuseError: a goroutine yielded an",
    );
  });

  test("run settles after the report on what did not end", async () => {
    const { out, err } = await child(`
      import { go, run, sleep, until } from "@gr/core";
      // Each delay of the host is over at once, and the clock has gone on by it.
      let ahead = 0;
      const { now } = performance;
      performance.now = () => now.call(performance) + ahead;
      const { setTimeout } = globalThis;
      globalThis.setTimeout = (f, ms) => setTimeout(() => { ahead += ms; f(); }, 0);
      const log = [];
      await run(function* () {
        go(async function stuck() { await new Promise(() => {}); });
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
