// run and runSync: programs.

import { checkBody } from "./body.ts";
import { ASLEEP, deadlockReport } from "./deadlock.ts";
import { DeadlockError, expected, MisuseError } from "./errors.ts";
import type { G } from "./g.ts";
import { Gdead } from "./g-status.ts";
import { start } from "./go.ts";
import type { Host } from "./host.ts";
import type { AnyBody, Body } from "./op.ts";
import { P } from "./p.ts";
import { flushUnjoined } from "./pass-end.ts";
import { startSlice } from "./preempt.ts";
import { type DeadlockMode, Program, type RunOptions } from "./program.ts";
import { sched } from "./sched.ts";
import { schedule } from "./schedule.ts";

const MODES: readonly DeadlockMode[] = ["exact", "closed", "off"];
let programs = 0;

/**
 * Runs main as a program. Does not block: resolves with main's result when main has returned and the goroutines left
 * were cancelled and have unwound (or a second has passed; then it says which remain). Rejects with main's error, with
 * the error of a goroutine nobody joined, or with DeadlockError.
 * @throws MisuseError inside a goroutine; TypeError if main is not a function
 */
export function run<T>(main: Body<[], T>, options: RunOptions = {}): Promise<T> {
  checkBody("run", main);
  if (sched.m.curg !== null) throw new MisuseError("run: already inside a goroutine: use go(), call() or scope()");
  if (options.deadlock !== undefined && !MODES.includes(options.deadlock))
    throw new TypeError(expected("run", `deadlock to be one of ${MODES.join(", ")}`, options.deadlock));
  if (sched.importing !== null) {
    sched.importing();
    return new Promise<T>(() => {});
  }
  return new Promise<T>((resolve, reject) => {
    begin(main, options, (p) => {
      try {
        resolve(p.result() as T);
      } catch (err) {
        reject(err);
      }
    });
  });
}

function begin(main: Body<[], unknown>, options: RunOptions, settle: (p: Program) => void): Program {
  const p = new Program(++programs, options, settle);
  sched.programs.add(p);
  p.main = start(main as AnyBody, [], p, true);
  return p;
}

const noHost: Host = {
  kind: "none",
  now: () => 0,
  post: () => {},
  park: () => {},
  unpark: () => {},
  onDrained: () => {},
  warn: () => {},
  unhandled: () => {},
};

/**
 * Runs main and everything it starts to the end, at once, without the event loop, and returns main's result. Blocks the
 * thread.
 * @throws main's error; DeadlockError when nobody can go on; MisuseError if somebody waits for the host (sleep, until)
 */
export function runSync<T>(main: Body<[], T>): T {
  checkBody("runSync", main);
  if (sched.m.inPass) throw new MisuseError("runSync: already inside the scheduler: use call()");
  const { p: oldP, host: oldHost, globalq } = sched;
  sched.p = new P();
  sched.host = {
    ...noHost,
    now: () => oldHost.now(),
    warn: (text) => oldHost.warn(text),
    unhandled: (e) => oldHost.unhandled(e),
  };
  sched.m.inPass = true;
  try {
    const program = begin(main, { deadlock: "closed" }, () => {});
    for (;;) {
      startSlice();
      const more = schedule();
      flushUnjoined();
      if (program.settled) return program.result() as T;
      if (more) continue;
      if (program.ending) program.fail(undefined);
      const stuck = hostWaiter(program);
      if (stuck !== null)
        program.fail(
          new MisuseError(`runSync: ${stuck} waits for the host (${stuck.op?.constructor.name}): use run()`),
        );
      else program.fail(new DeadlockError(ASLEEP, ...deadlockReport(program)));
    }
  } finally {
    const left = sched.p;
    sched.m.inPass = false;
    sched.p = oldP;
    sched.host = oldHost;
    for (let g = left.runq.runnext ?? left.runq.shift(); g !== null; g = left.runq.shift()) {
      if (g === left.runq.runnext) left.runq.runnext = null;
      globalq.push(g);
    }
  }
}

function hostWaiter(program: Program): G | null {
  for (let g = program.first; g !== null; g = g.allnext)
    if (g.statusCode !== Gdead && g.op?.hostWakes(g) === true) return g;
  return null;
}
