// GRDEBUG=schedtrace over threads: what a child process with several Ms prints, also while main is blocked; and stats().

import { go, run, sleep } from "@gr/core";
import { startThreads } from "@gr/threads";
import { expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";
import { start } from "./program.ts";

type Fields = Readonly<Record<string, string>>;
const fieldsOf = (text: string): Fields =>
  Object.fromEntries([...text.matchAll(/(\w+)=(\[ [\d ]+ \]|\S*)/g)].map(([, name, value]) => [name, value]));

/** The lines of the fixture, by what it did then. Ends its main thread's block once `n` lines have come meanwhile. */
async function linesOf(grdebug: string, n: number): Promise<Map<string, string[]>> {
  const { child, ended } = start("lines.mjs", [], { GRDEBUG: grdebug }, "pipe");
  let text = "";
  child.stderr?.on("data", (data) => {
    text += data;
    if ((text.split("# blocked\n")[1]?.match(/SCHED/g) ?? []).length >= n) child.stdin?.end();
  });
  expect(await ended).toMatchObject({ out: "7\n", code: 0 });
  const phases = text.split("# ").map((part): [string, string[]] => {
    const [name = "", ...lines] = part.trim().split("\n");
    return name.startsWith("SCHED") ? ["alone", [name, ...lines]] : [name, lines];
  });
  return new Map(phases);
}

test("go#181 schedtrace has the counts of the group and a queue for each P, main being blocked or not", async () => {
  const phases = await linesOf("schedtrace=20", 4);
  expect([...phases.keys()]).toEqual(["alone", "held", "between", "queued", "blocked", "back"]);
  for (const line of [...phases.values()].flat())
    expect(line).toMatch(
      /^SCHED \d+ms: gomaxprocs=\d+ idleprocs=\d+ threads=\d+ spinningthreads=\d+ needspinning=0 idlethreads=\d+ runqueue=\d+ \[ [\d ]+ \] schedticks=\[ [\d ]+ \]$/,
    );
  expect(fieldsOf(phases.get("alone")?.[0] as string)).toMatchObject({ gomaxprocs: "1", threads: "1" });
  const last = (phase: string): Fields & { readonly queues: string } => {
    const line = phases.get(phase)?.at(-1) as string;
    return { ...fieldsOf(line), queues: /runqueue=\d+ (\[ .*? \])/.exec(line)?.[1] ?? "" };
  };
  // Two workers sit in a call, each with a P; main sleeps or is about to.
  const held = last("held");
  expect(held).toMatchObject({ gomaxprocs: "3", threads: "3", runqueue: "0", queues: "[ 0 0 0 ]" });
  expect(held.schedticks).toMatch(/^\[ \d+ \d+ \d+ \]$/);
  expect(Number(held.idleprocs)).toBeLessThanOrEqual(1);
  // Their Ps were taken from them, since others could use those; there is no thread left to do it.
  expect(last("queued")).toMatchObject({ gomaxprocs: "3", threads: "3", runqueue: "5" });
  const blocked = phases.get("blocked") ?? [];
  expect(blocked.length).toBeGreaterThanOrEqual(4);
  expect(last("blocked")).toMatchObject({ gomaxprocs: "3", threads: "3", idlethreads: "0", runqueue: "5" });
  const times = blocked.map((line) => Number(/^SCHED (\d+)ms/.exec(line)?.[1]));
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test("go#182 scheddetail has a line for each P and M of the group, which agree, and main's goroutines", async () => {
  const phases = await linesOf("schedtrace=20,scheddetail=1", 2);
  // Main's own, where it has printed any: one that comes late is joined by sysmon.
  const block = (phase: string): string[] => {
    const all = (phases.get(phase) as string[]).join("\n").split(/^(?=SCHED)/m);
    return (all.findLast((text) => text.includes("\n  G")) ?? all.at(-1) ?? "").split("\n");
  };
  const of = (lines: readonly string[], kind: string): Map<string, Fields> =>
    new Map(
      lines.filter((line) => line.startsWith(`  ${kind}`)).map((line) => [/\d+/.exec(line)?.[0] ?? "", fieldsOf(line)]),
    );
  const held = block("held");
  const [ps, ms] = [of(held, "P"), of(held, "M")];
  expect([...ps.keys()]).toEqual(["0", "1", "2"]);
  expect([...ms.keys()]).toEqual(["0", "1", "2"]);
  for (const m of ["1", "2"]) {
    const { p, blocked } = ms.get(m) as Fields;
    expect(blocked).toBe("false");
    expect(ps.get(p as string)).toMatchObject({ m, status: "1", runqsize: "0" });
  }
  for (const fields of [...ps.values(), ...ms.values()])
    for (const name of ["steals", "handoffs", "spins", "wakes"]) expect(fields[name]).toMatch(/^\d+$/);
  for (const [p, { m, status }] of ps as Map<string, { m: string; status: string }>)
    if (status === "0") expect(m).toBe("nil");
    else expect(ms.get(m)).toMatchObject({ p });
  const runners = [...of(held, "G").values()].filter(({ status }) => status === "2()").map(({ m }) => m);
  expect(runners.sort()).toEqual(["1", "2"]);
  // Sysmon knows no goroutines.
  const blocked = block("blocked");
  expect([of(blocked, "P").size, of(blocked, "M").size, of(blocked, "G").size]).toEqual([3, 3, 0]);
  expect([...of(blocked, "M").values()].map(({ p }) => p)).toEqual(["nil", "nil", "nil"]);
});

test("stats() counts steals, hand-offs, spins and wakes for each M and each P", async () => {
  await using threads = await startThreads({ procs: 3 });
  const sum = (list: readonly object[], name: string): number =>
    list.reduce((n, each) => n + (each as Record<string, number>)[name]!, 0);
  await run(function* () {
    const { ms } = threads.stats();
    while (sum(threads.stats().ms, "steals") === sum(ms, "steals")) yield* go(t.tree, 6);
    while (threads.stats().ms.some(({ live }) => live > 0)) yield* sleep(1);
  });
  const { ms, ps, procs } = threads.stats();
  expect(ps).toHaveLength(procs);
  for (const name of ["steals", "stolen"]) expect([name, sum(ps, name)]).toEqual([name, sum(ms, name)]);
  // Sysmon gives Ps away too, and is no M.
  for (const name of ["wakes", "handoffs"]) expect(sum(ps, name)).toBeGreaterThanOrEqual(sum(ms, name));
  expect(sum(ps, "wakes")).toBeGreaterThan(0);
  expect(sum(ps, "spins")).toBeGreaterThan(0);
  expect(sum(ps, "spins")).toBeLessThanOrEqual(sum(ms, "spins"));
  expect(sum(ps, "ticks")).toBeGreaterThan(0);
});
