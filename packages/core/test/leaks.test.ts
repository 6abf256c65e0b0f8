import { go, goroutines, type LeakReport, numGoroutine, run, sleep, until } from "@gr/core";
import { sched, withVirtualHost } from "@gr/core/internal";
import { beforeAll, describe, expect, test } from "vitest";
import { child } from "./child.ts";
import { never, play } from "./virtual.ts";

// In a process with gc(): the look at who is parked takes virtual seconds, the engine's collector real ones.
const program = (body: string) => `
  import { go, goroutines, numGoroutine, run, sleep, until } from "@gr/core";
  import { OpBase, sched, WaitQueue, withVirtualHost } from "@gr/core/internal";
  import { debug } from "../src/debug.ts";
    import { handed } from "../src/handed.ts";
  class Gate extends OpBase {
    waiters = new WaitQueue();
    get reason() { return 1; }
    poll() { return false; }
    enqueue(w) { this.waiters.enqueue(w); }
    dequeue(w) { this.waiters.remove(w); }
    open() { const w = this.waiters.dequeue(); if (w !== null) { w.value = "open"; w.party.wake(w); } }
  }
  const say = (...words) => console.log(...words);
  const reports = [];
  async function collect(host, until = () => false) {
    for (let i = 0; i < 40 && !until(); i++) {
      globalThis.gc();
      await new Promise((r) => setImmediate(r));
      await host.settleAll();
    }
  }
  await withVirtualHost(async (host) => {
    ${body}
  });`;
// `loaded`: what a look needs is there before the first one.
const withGc = (body: string, loaded = true) =>
  child(program(loaded ? `await import("../src/leak-search.ts");\n${body}` : body), { node: ["--expose-gc"] });
beforeAll(() => import("../src/leak-search.ts"));

describe("leaks", () => {
  test("go#191 go#192 a goroutine that nobody can wake is reported, once, with id, name, site and wait reason", async () => {
    const { out, err } = await withGc(`
      debug(handed, "sites=1");
      let unwound = false;
      void run(function* main() {
        (function () {
          const gate = new Gate();
          const g = go(function* worker() { try { yield* gate; } finally { unwound = true; } });
          say("made", g.id);
        })();
        yield* until(new Promise(() => {}));
      }, { onLeak: (r) => void reports.push(r) });
      await host.settleAll();
      say("before", numGoroutine());
      host.advance(5000);
      await collect(host, () => reports.length > 0);
      await collect(host);
      say("after", numGoroutine(), "reports", reports.length, "unwound", unwound);
      const [r] = reports;
      say(r.kind, JSON.stringify(r.goroutines.map(({ name, waitReason }) => [name, waitReason])));
      say("id", r.goroutines[0].id, "site", r.goroutines[0].site);
      say(r.text);`);
    expect(err).toBe("");
    const lines = out.split("\n");
    const id = Number(lines[0]!.split(" ")[1]);
    expect(lines.slice(1, 4)).toEqual([
      "before 2",
      "after 1 reports 1 unwound false",
      'unreachable [["worker","chan receive"]]',
    ]);
    expect(out).toMatch(new RegExp(`id ${id} site .*:\\d+`));
    expect(out).toMatch(new RegExp(`goroutine ${id} \\(worker\\) \\[chan receive \\(leaked\\)\\], started at `));
  });

  test("a handle keeps its goroutine alive, and so does a waker; without them it leaks", async () => {
    const { out, err } = await withGc(`
      let [handle, gate] = [undefined, new Gate()];
      void run(function* main() {
        handle = go(function* byHandle() { yield* new Gate(); });
        (function () {
          const g = gate;
          go(function* byWaker() { say("woken", yield* g); });
        })();
        yield* until(new Promise(() => {}));
      }, { onLeak: (r) => void reports.push(...r.goroutines.map((g) => g.name)) });
      await host.settleAll();
      host.advance(5000);
      await collect(host);
      say("kept", reports.length, handle.status);
      gate.open();
      await host.settleAll();
      handle = undefined;
      await collect(host, () => reports.length > 0);
      say("then", reports.join());`);
    expect(err).toBe("");
    expect(out).toBe("kept 0 waiting\nwoken open\nthen byHandle\n");
  });

  test.each([
    ["timeout(a, HOUR)"],
    ["select({ a, t: sleep(HOUR) })"],
    ["select({ a, t: timeout(new Gate(), HOUR) })"],
    ["select({ a, t: select([new Gate(), sleep(HOUR)]) })"],
    ["select([a, ...Array.from({ length: 600 }, () => sleep(HOUR))])"],
  ])("a sleep that was left (%s) does not keep its goroutine alive", async (wait) => {
    const { out, err } = await withGc(`
      const { timeout } = await import("@gr/core");
      const { select } = await import("../../chan/src/index.ts");
      const HOUR = 3_600_000;
      void run(function* main() {
        // An entry before it: stopped ones leave the heap when they are its first.
        go(function* () { yield* sleep(HOUR / 2); });
        const a = new Gate();
        (function () {
          go(function* victim() { yield* ${wait}; yield* new Gate(); });
        })();
        yield* sleep(1);
        a.open();
        yield* until(new Promise(() => {}));
      }, { onLeak: (r) => void reports.push(r) });
      await host.settleAll();
      host.advance(1);
      await host.settleAll();
      host.advance(5000);
      await collect(host, () => reports.length > 0);
      say(reports.map((r) => r.goroutines.map((g) => g.name)).join());`);
    expect(err).toBe("");
    expect(out).toBe("victim\n");
  });

  test("go#193 goroutines that wait for each other, and for a promise that nobody holds, leak together", async () => {
    const { out, err } = await withGc(`
      void run(function* main() {
        (function () {
          const g = go(function* inner() { yield* until(new Promise(() => {})); });
          go(function* joiner() { yield* g; });
        })();
        yield* until(new Promise(() => {}));
      }, { onLeak: (r) => void reports.push(...r.goroutines.map((g) => g.name + ":" + g.waitReason)) });
      await host.settleAll();
      host.advance(5000);
      await collect(host, () => reports.length > 1);
      say(reports.sort().join());`);
    expect(err).toBe("");
    expect(out).toBe("inner:IO wait,joiner:join\n");
  });

  test("outside every run a leak is a process warning; the first look loads what it needs", async () => {
    const { out } = await withGc(
      `
      sched.collector = null; // as where time is real
      (function () { const gate = new Gate(); go(function* stray() { yield* gate; }); })();
      await host.settleAll();
      host.advance(999);
      say("loaded", sched.ghosts !== null);
      await collect(host, () => (host.advance(1000), host.warnings.length > 0));
      say("loaded", sched.ghosts !== null);
      say(host.warnings.join());`,
      false,
    );
    expect(out).toMatch(/^loaded false\nloaded true\n/);
    expect(out).toContain("1 goroutine(s) leaked: nobody could ever wake them");
    expect(out).toMatch(/goroutine \d+ \(stray\) \[chan receive \(leaked\)\]/);
  });

  test("goroutines that were registered still run, are cancelled and listed like any other", async () => {
    const { out, err } = await withGc(`
      const gates = Array.from({ length: 3000 }, () => new Gate());
      let sum = 0;
      const program = run(function* main() {
        for (const gate of gates) go(function* () { try { if ((yield* gate) === "open") sum++; } finally { sum += 1000; } });
        yield* gates.end ??= new Gate();
      });
      await host.settleAll();
      host.advance(5000);
      await collect(host);
      say("listed", goroutines().length);
      for (let i = 0; i < 1000; i++) gates[i].open();
      await host.settleAll();
      say("ran", sum, "left", goroutines().length);
      gates.end.open();
      await host.settleAll();
      await program;
      say("all", sum, numGoroutine());`);
    expect(err).toBe("");
    expect(out).toBe("listed 3001\nran 1001000 left 2001\nall 3001000 0\n");
  });
});

describe("the collector", () => {
  test("is a goroutine of the runtime: listed on request, counted never, and so is the scheduler's own side", async () => {
    const { value } = await play(function* () {
      const before = numGoroutine();
      const system = goroutines({ system: true }).filter((g) => g.system);
      yield* sleep(1);
      return [system.map((g) => g.name), goroutines().some((g) => g.system), numGoroutine() - before];
    });
    expect(value).toEqual([["g0 of M0", "collector"], false, 0]);
  });

  test("sleeps for good once everybody who is parked is registered", () =>
    withVirtualHost(async (host) => {
      for (let i = 0; i < 2500; i++) go(() => until(never()));
      await host.settleAll();
      for (let i = 0; i < 100; i++) {
        host.advance(1000);
        await host.settleAll();
      }
      expect(host.pending).toBe(0);
    }));

  test("is not kept awake by sleepers, and looks again when one of them wakes", () =>
    withVirtualHost(async (host) => {
      go(function* () {
        yield* sleep(10_000);
        yield* until(never());
      });
      await host.settleAll();
      host.advance(5000);
      expect(host.pending).toBe(0);
      host.advance(5000);
      expect(host.pending).toBe(1);
      host.advance(5000);
      expect(host.pending).toBe(0);
    }));

  test("is loaded by its first look, and its own start is no reason for another", () =>
    withVirtualHost(async (host) => {
      sched.collector = null; // as where time is real
      go(() => sleep(10_000));
      await host.settleAll();
      expect(host.pending).toBe(1);
      host.advance(1000);
      while (sched.ghosts === null) await new Promise(setImmediate);
      await host.settleAll();
      expect(goroutines({ system: true }).map(({ name }) => name)).toContain("collector");
      expect(host.pending).toBe(0);
    }));

  test("never keeps a process alive", async () => {
    const { out, err, code } = await child(`
      import { go, until } from "@gr/core";
      go(() => until(new Promise(() => {})));
      process.on("exit", () => console.log("gone after", Math.round(performance.now()) < 900 ? "no time" : "a second"));`);
    expect([out, err, code]).toEqual(["gone after no time\n", "", 0]);
  });

  test("a program that ends while the collector is looking at it takes no harm", async () => {
    const reports: LeakReport[] = [];
    await withVirtualHost(async (host) => {
      const program = run(
        function* () {
          for (let i = 0; i < 5000; i++) go(() => until(never()));
          yield* sleep(2002);
        },
        { onLeak: (r) => void reports.push(r) },
      );
      await host.settleAll();
      host.advance(10_000);
      await host.settleAll();
      await program;
      expect(numGoroutine()).toBe(0);
    });
    expect(reports).toEqual([]);
  });
});
