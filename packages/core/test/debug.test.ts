import { type Coroutine, call, go, goroutines, gosched, sleep, stacks, until } from "@gr/core";
import { sched, withVirtualHost } from "@gr/core/internal";
import { expect, test } from "vitest";
import { alone, debug, schedTrace } from "../src/debug.ts";
import { handed } from "../src/handed.ts";
import { callerOf } from "../src/sites.ts";
import { child } from "./child.ts";
import { never, play } from "./virtual.ts";

const parts = handed;

test("go#181 go#172 schedtrace prints a line of Go's format each period, and does not keep anything alive", () =>
  withVirtualHost(async (host) => {
    debug(parts, "schedtrace=100,unknown=1");
    go(() => sleep(1000));
    await host.settleAll();
    host.advance(250);
    expect(host.printed).toHaveLength(3);
    expect(host.warnings).toEqual([
      'GRDEBUG: "unknown" is none of its words, which are schedtrace, scheddetail, sites, ops, hog',
    ]);
    expect(host.printed[1]).toMatch(
      /^SCHED 100ms: gomaxprocs=1 idleprocs=1 threads=1 spinningthreads=0 needspinning=0 idlethreads=1 runqueue=0 \[ 0 \] schedticks=\[ \d+ \]$/,
    );
  }));

test("go#182 scheddetail has a line for each P, M and G", async () => {
  const { value } = await play(function* () {
    go(() => until(never()));
    yield* gosched();
    return schedTrace(parts, alone(parts, 5), true);
  });
  const lines = value!.split("\n");
  expect(lines[0]).toMatch(/^SCHED 5ms: .* runqueue=\d+ gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false$/);
  expect(lines[1]).toMatch(
    /^ {2}P0: status=1 schedtick=\d+ syscalltick=0 m=0 runqsize=\d+ gfreecnt=0 timerslen=\d+ steals=0 /,
  );
  expect(lines[2]).toMatch(/^ {2}M0: p=0 curg=\d+ mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=nil/);
  expect(value).toMatch(/\n {2}G\d+: status=2\(\) m=0 lockedm=nil/);
  expect(value).toMatch(/\n {2}G\d+: status=4\(IO wait\) m=nil lockedm=nil/);
});

test("go#177 go#178 go#11 a dump has Go's form: the running one first, callees first, who started it and where", async () => {
  debug(parts, "sites=1");
  try {
    const { value } = await play(function* main() {
      go(function* waiter() {
        yield* until(never());
      });
      yield* gosched();
      return { text: stacks(), site: goroutines().find((g) => g.name === "waiter")!.site };
    });
    const [first, second] = value!.text.split("\n\n");
    expect(first).toMatch(/^goroutine \d+ \[running\]:\nmain\(\.\.\.\)$/);
    expect(second).toMatch(
      /^goroutine \d+ \[IO wait\]:\nwaiter\(\.\.\.\)\ncreated by main in goroutine \d+\n\t.*debug\.test\.ts:\d+:\d+/,
    );
    expect(value!.site).toContain("debug.test.ts");
  } finally {
    sched.made = null;
  }
});

test("go#180 the dump that counts has one entry for all goroutines with the same stack, the many first", async () => {
  debug(parts, "sites=1");
  try {
    const { value } = await play(function* main() {
      const waiter = function* waiter(): Coroutine<void> {
        yield* until(never());
      };
      const caller = function* caller(): Coroutine<void> {
        yield* call(waiter);
      };
      const sleeper = function* waiter(): Coroutine<void> {
        yield* sleep(1e9);
      };
      go(sleeper);
      for (let i = 0; i < 300; i++) go(waiter);
      for (let i = 0; i < 20; i++) go(caller);
      yield* gosched();
      return stacks({ counted: true });
    });
    const [total, ...entries] = value!.split("\n\n");
    expect(total).toBe("goroutine profile: total 322");
    const created = "\\n#\\tcreated at .*debug\\.test\\.ts:\\d+:\\d+";
    expect(entries).toEqual([
      expect.stringMatching(`^300 @ IO wait\\n#\\twaiter\\(\\.\\.\\.\\)${created}`),
      expect.stringMatching(`^20 @ IO wait\\n#\\twaiter\\(\\.\\.\\.\\)\\n#\\tcaller\\(\\.\\.\\.\\)${created}`),
      expect.stringMatching(`^1 @ sleep\\n#\\twaiter\\(\\.\\.\\.\\)${created}`),
      expect.stringMatching("^1 @ running\\n#\\tmain\\("),
    ]);
  } finally {
    sched.made = null;
  }
});

test("ops=1 reports operations that were made and never used, and no others", async () => {
  const { err, code } = await child(
    `import { all, call, go, gosched, run, scope, sleep, timeout, until } from "@gr/core";
     function forget() { sleep(5); }
     await run(function* () {
       forget();
       yield* timeout(sleep(1), 60_000);
       yield* all([sleep(1), go(() => 2), call(() => 3)]);
       yield* scope(function* (s) { s.go(() => sleep(1)); });
       yield* until(sleep(1));
       go(() => 1);
       yield* gosched();
     });
     for (let i = 0; i < 5; i++) { gc(); await new Promise((r) => setTimeout(r, 5)); }`,
    { node: ["--expose-gc"], env: { GRDEBUG: "ops=1" } },
  );
  expect(err.match(/was made and never used/g)).toHaveLength(1);
  expect(err).toMatch(/an operation \(SleepOp\d*\) was made and never used: a forgotten yield\*\? It was made at /);
  expect(code).toBe(0);
});

test("ops=1 blames the first line that is not gr's own, also for operations of sibling packages and in a bundle", () => {
  const at = (...lines: string[]) => Object.assign(new Error(), { stack: `Error\n${lines.join("\n")}` });
  const core = "    at new OpBase (file:///w/packages/core/dist/index.js:1:1)";
  const chan = "    at LocalChan.send (file:///w/packages/chan/dist/index.js:2:2)";
  const user = "    at main (file:///w/packages/app/src/main.js:3:3)";
  expect(callerOf(at(core, chan, user), 9)).toBe("main (file:///w/packages/app/src/main.js:3:3)");
  const installed = (line: string) => line.replace("/w/packages/", "/w/node_modules/@gr/");
  expect(callerOf(at(installed(core), installed(chan), chan), 9)).toContain("LocalChan.send");
  const bundled = [core, "    at send (file:///w/packages/core/dist/x.js:2:2)"];
  expect(callerOf(at(...bundled), 1)).toBe("send (file:///w/packages/core/dist/x.js:2:2)");
});

test("ops=1 names who called sleep, timeout, send, recv or select, however many constructors stand between", async () => {
  const { err } = await child(
    `import { run, sleep, timeout } from "@gr/core";
     import { chan, select } from "../../chan/src/index.ts";
     function forgetSleep() { sleep(5); }
     function forgetTimeout() { timeout(sleep(5), 5); }
     function forgetSend(c) { c.send(5); }
     function forgetRecv(c) { c.recv(); }
     function forgetSelect(c) { select({ a: c.recv() }); }
     await run(function* () {
       const c = chan();
       // Nobody receives from it, which is no operation.
       chan();
       forgetSleep(); forgetTimeout(); forgetSend(c); forgetRecv(c); forgetSelect(c);
       yield* sleep(1);
     });
     for (let i = 0; i < 5; i++) { gc(); await new Promise((r) => setTimeout(r, 5)); }`,
    { node: ["--expose-gc"], env: { GRDEBUG: "ops=1" } },
  );
  const blamed = [...err.matchAll(/It was made at (\w+)/g)].map((m) => m[1]);
  expect(blamed.sort()).toEqual(["forgetRecv", "forgetSelect", "forgetSend", "forgetSleep", "forgetTimeout"]);
});

test("ops=1: the error for a forgotten star names the line, once", async () => {
  const { err, out } = await child(
    `import { run, sleep } from "@gr/core";
     import { chan } from "../../chan/src/index.ts";
     const seen = [];
     function* starless(op) { try { yield op(); } catch (err) { seen.push(err); } }
     await run(function* () {
       const c = chan();
       yield* starless(function starlessRecv() { return c.recv(); });
       yield* starless(function starlessSleep() { return sleep(1); });
     });
     for (const { message } of seen) console.log(message);
     for (let i = 0; i < 3; i++) { gc(); await new Promise((r) => setTimeout(r, 5)); }`,
    { node: ["--expose-gc"], env: { GRDEBUG: "ops=1" } },
  );
  expect(out.split("\n").slice(0, 2)).toEqual([
    expect.stringMatching(
      /^a goroutine yielded an operation \(chan receive.*\) made at starlessRecv \(.*:\d+:\d+\): write yield\*/,
    ),
    expect.stringMatching(
      /^a goroutine yielded an operation \(sleep\) made at starlessSleep \(.*:\d+:\d+\): write yield\*/,
    ),
  ]);
  expect(err).toBe("");
});

test("GRDEBUG is read from the environment, and watches from the first goroutine on", async () => {
  const { err, out } = await child(
    `import { go, goroutines, gosched, run, until } from "@gr/core";
     function first() { go(function* early() { yield* until(new Promise(() => {})); }); }
     function second() { go(function* tardy() { yield* until(new Promise(() => {})); }); }
     first();
     await run(function* () {
       second();
       yield* gosched();
       for (const { name, site } of goroutines()) console.log(name, site);
     });`,
    { env: { GRDEBUG: "schedtrace=1000,scheddetail=1,sites=1" } },
  );
  expect(err).toMatch(/^SCHED 0ms: gomaxprocs=1 /);
  expect(out).toMatch(/^early first \(.*\.mjs:\d+:\d+\)$/m);
  expect(out).toMatch(/^tardy second \(.*\.mjs:\d+:\d+\)$/m);
});
