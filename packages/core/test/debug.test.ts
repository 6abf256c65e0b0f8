import { go, goroutines, gosched, sleep, stacks, until } from "@gr/core";
import { withVirtualHost } from "@gr/core/internal";
import { expect, test } from "vitest";
import { debug, schedTrace } from "../src/debug.ts";
import { sites } from "../src/sites.ts";
import { child } from "./child.ts";
import { never, play } from "./virtual.ts";

test("go#181 schedtrace prints a line of Go's format each period, and does not keep anything alive", () =>
  withVirtualHost(async (host) => {
    debug("schedtrace=100,unknown=1");
    go(() => sleep(1000));
    await host.settleAll();
    host.advance(250);
    expect(host.printed).toHaveLength(3);
    expect(host.printed[1]).toMatch(
      /^SCHED 100ms: gomaxprocs=1 idleprocs=1 threads=1 spinningthreads=0 needspinning=0 idlethreads=1 runqueue=0 \[ 0 \] schedticks=\[ \d+ \]$/,
    );
  }));

test("go#182 scheddetail has a line for each P, M and G", async () => {
  const { value } = await play(function* () {
    go(() => until(never()));
    yield* gosched();
    return schedTrace(5, true);
  });
  const lines = value!.split("\n");
  expect(lines[0]).toMatch(/^SCHED 5ms: .* runqueue=\d+ gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false$/);
  expect(lines[1]).toMatch(/^ {2}P0: status=1 schedtick=\d+ syscalltick=0 m=0 runqsize=\d+ gfreecnt=0 timerslen=\d+$/);
  expect(lines[2]).toMatch(/^ {2}M0: p=0 curg=\d+ mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false/);
  expect(value).toMatch(/\n {2}G\d+: status=2\(\) m=0 lockedm=nil/);
  expect(value).toMatch(/\n {2}G\d+: status=4\(IO wait\) m=nil lockedm=nil/);
});

test("go#177 go#178 go#11 a dump has Go's form: the running one first, callees first, who started it and where", async () => {
  sites.on = true;
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
    sites.on = false;
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

test("GRDEBUG is read from the environment", async () => {
  const { err } = await child(
    `import { go, goroutines, run, sleep } from "@gr/core";
     await run(function* () { go(() => sleep(5)); yield* sleep(1); console.error(goroutines()[1].site); });`,
    { env: { GRDEBUG: "schedtrace=1000,scheddetail=1,sites=1" } },
  );
  expect(err).toMatch(/^SCHED 0ms: gomaxprocs=1 /);
  expect(err).toMatch(/\.mjs:\d+:\d+/);
});
