import { type Coroutine, DeadlockError, type Goroutine, go, gosched, run, sleep, until } from "@gr/core";
import { withVirtualHost } from "@gr/core/internal";
import { describe, expect, test } from "vitest";
import { child } from "./child.ts";
import { never, play } from "./virtual.ts";

/**
 * Programs in which main waits for `woken`, that only the world outside resolves. WAKER marks the line without which
 * nobody does.
 */
const programs: Record<string, string> = {
  "a foreign timer": `setTimeout(resolve, 20); // WAKER`,
  "a socket": `
    import { connect, createServer } from "node:net";
    const server = createServer((s) => void s.end("data")).listen(0, () => {
      connect(server.address().port).on("data", resolve).on("close", () => server.close()); // WAKER
      if (!source.includes("data")) server.close();
    });
    const source = connect.call === undefined ? "" : WITH;`,
  "an event": `
    import { EventEmitter } from "node:events";
    import { readFile } from "node:fs";
    const events = new EventEmitter().on("ready", resolve);
    readFile(process.execPath.slice(0, 0) + import.meta.filename, () => events.emit("ready")); // WAKER`,
  "a promise": `
    import { stat } from "node:fs/promises";
    stat(import.meta.filename).then(resolve); // WAKER`,
  "a signal of the operating system": `
    process.on("SIGUSR2", resolve); // WAKER
    console.log("signal me");`,
  "an AbortSignal's timeout": `
    import { SignalOp, toOp } from "@gr/core/internal";
    op = new SignalOp(toOp(until(woken)), AbortSignal.timeout(30)); // WAKER`,
  "another process": `
    import { spawn } from "node:child_process";
    spawn(process.execPath, ["-e", ""]).on("exit", resolve); // WAKER`,
  "its input": `
    process.stdin.on("data", resolve); // WAKER
    console.log("write to me");`,
};

const source = (text: string, waker: boolean) => `
  import { go, run, until } from "@gr/core";
  let resolve = () => {};
  const woken = new Promise((r) => (resolve = () => r("woken")));
  let op = until(woken);
  ${text
    .replaceAll("WITH", waker ? '"data"' : '""')
    .split("\n")
    .filter((line) => waker || !line.includes("// WAKER"))
    .join("\n")}
  const end = await run(function* main() {
    const helper = go(function* helper() {
      try { return yield* op; } catch (err) { return err.name; }
    });
    return yield* helper;
  });
  console.log("end", end);
  process.exit(0);`;

const answer = (line: string, send: { input(text: string): void; signal(name: "SIGUSR2"): void }): void => {
  if (line === "signal me") send.signal("SIGUSR2");
  if (line === "write to me") send.input("hello");
};

describe("exact: judged when the host's event loop has drained", () => {
  test.each(Object.keys(programs))(
    "go#136 what only %s can wake is no deadlock; without it, it is one",
    async (name) => {
      const [woken, stuck] = await Promise.all([
        child(source(programs[name]!, true), { onLine: answer }),
        child(source(programs[name]!, false)),
      ]);
      expect(woken.err).toBe("");
      expect(woken.out).toMatch(/end (woken|TimeoutError)/);
      expect(woken.code).toBe(0);
      expect(stuck.out).not.toContain("end");
      expect(stuck.err.match(/all goroutines are asleep - deadlock!/g)).toHaveLength(1);
      expect(stuck.err).toContain("[join]");
      expect(stuck.code).toBe(1);
    },
  );

  test("off: nothing is said", async () => {
    const { err, code } = await child(`
      import { run, until } from "@gr/core";
      run(() => until(new Promise(() => {})), { deadlock: "off" });`);
    expect([err, code]).toEqual(["", 0]);
  });

  test("an await with an AbortSignal outside every program keeps the process alive, and no longer than it needs to", async () => {
    const { code, out, err } = await child(`
      import { go, until } from "@gr/core";
      import { SignalOp } from "@gr/core/internal";
      const stuck = go(function* () { yield* until(new Promise(() => {})); });
      await new SignalOp(stuck.asOp(), AbortSignal.timeout(50)).then(() => {}, (e) => console.log(e.name));
    `);
    expect({ code, out, err }).toEqual({ code: 0, out: "TimeoutError\n", err: "" });
  });

  test("a program that only waits for a signal keeps the process alive, and no longer than it needs to", async () => {
    const { out, code } = await child(
      `import { run, until } from "@gr/core";
       process.once("SIGUSR2", () => console.log("got it") ?? resolve());
       let resolve;
       const p = new Promise((r) => (resolve = r));
       process.once("beforeExit", () => console.log("signal me"));
       await run(() => until(p));`,
      { onLine: answer },
    );
    expect(out).toContain("got it");
    expect(code).toBe(0);
  });

  test("a host that never drains is never judged", () =>
    withVirtualHost(async (host) => {
      let ended = false;
      void run(() => until(never())).catch(() => (ended = true));
      await host.settleAll();
      host.advance(1e9);
      await host.settleAll();
      expect(ended).toBe(false);
    }));
});

describe("closed: judged by counts, at once", () => {
  test("go#134 it works beside a listening server", async () => {
    const { err, code } = await child(`
      import { createServer } from "node:http";
      import { go, run } from "@gr/core";
      createServer(() => {}).listen(0);
      let g;
      try {
        await run(function* () { g = go(function* () { yield* g; }); yield* g; }, { deadlock: "closed" });
      } catch (err) { console.error(err.message); process.exit(3); }`);
    expect(err).toContain("all goroutines are asleep - deadlock!");
    expect(code).toBe(3);
  });

  test("go#134 go#137 run rejects with an error that has Go's text, the dump, and who waits for whom", async () => {
    const { error } = await play(
      function* main() {
        const g: Goroutine<void>[] = [];
        function* one(): Coroutine<void> {
          yield* g[1]!;
        }
        function* two(): Coroutine<void> {
          yield* g[0]!;
        }
        g.push(go(one), go(two));
        yield* g[0]!;
      },
      100,
      { deadlock: "closed" },
    );
    expect(error).toBeInstanceOf(DeadlockError);
    const { message, dump, cycle } = error as DeadlockError;
    // The message has both: who prints the error sees them once.
    expect(Object.keys(error as object)).not.toContain("dump");
    expect(message.startsWith("all goroutines are asleep - deadlock!\n")).toBe(true);
    expect(cycle).toMatch(
      /they wait in a circle: goroutine \d+ \((one|two)\) for goroutine \d+ \((one|two)\), goroutine \d+ \((one|two)\) for/,
    );
    expect(cycle).toMatch(/goroutine \d+ \(one\) waits: join of goroutine \d+ \(two\)/);
    expect(dump).toMatch(/^goroutine \d+ \[join\]:\nmain\(\.\.\.\)\n\n/);
    expect(dump).toMatch(/goroutine \d+ \[join\]:\none\(\.\.\.\)\ncreated by main in goroutine \d+/);
  });

  test("without a circle the report says only what everybody waits for", async () => {
    const { error } = await play(
      function* () {
        let g: Goroutine<void> | undefined;
        const lonely = go(function* lonely(): Coroutine<void> {
          yield* g!;
        });
        g = lonely;
        yield* gosched();
        yield* lonely;
      },
      100,
      { deadlock: "closed" },
    );
    expect((error as DeadlockError).cycle).toMatch(/they wait in a circle: goroutine \d+ \(lonely\) for goroutine/);
  });

  test.each([
    ["a sleep", () => sleep(5)],
    ["a promise", () => until(Promise.resolve())],
    ["an async body", () => go(async () => {})],
  ])("go#136 %s counts as able to wake", async (_, op) => {
    const { error } = await play(
      function* () {
        const g = go(() => op());
        yield* g;
      },
      100,
      { deadlock: "closed" },
    );
    expect(error).toBe(undefined);
  });

  test("an outside awaiter does not count", () =>
    withVirtualHost(async (host) => {
      let error: unknown;
      let g: Goroutine<unknown> | undefined;
      run(
        function* () {
          g = go(function* (): Coroutine<void> {
            yield* g!;
          });
          yield* g;
        },
        { deadlock: "closed" },
      ).catch((err) => (error = err));
      await host.settleAll();
      void g?.then(
        () => {},
        () => {},
      );
      await host.settleAll();
      expect(error).toBeInstanceOf(DeadlockError);
    }));

  test("go#138 while one can go on, nobody is told, and the look is cheap for those asleep", async () => {
    const { value } = await play(
      function* () {
        let g: Goroutine<unknown> | undefined;
        g = go(function* (): Coroutine<void> {
          yield* g!;
        });
        for (let i = 0; i < 5; i++) yield* sleep(1);
        return "fine";
      },
      100,
      { deadlock: "closed" },
    );
    expect(value).toBe("fine");
  });
});
