// runSync: a program with no event loop. What it may have to say must be there, so it imports what others load later.

import "./start-up.ts";

import { checkBody } from "./body.ts";
import { deadlockReport } from "./deadlock.ts";
import { DeadlockError, MisuseError } from "./errors.ts";
import type { G } from "./g.ts";
import { GQueue } from "./g-queue.ts";
import { Gdead } from "./g-status.ts";
import type { Host } from "./host.ts";
import { kick } from "./kick.ts";
import type { Body } from "./op.ts";
import { P } from "./p.ts";
import { startSlice } from "./preempt.ts";
import type { Program } from "./program.ts";
import { rare } from "./rare.ts";
import { begin } from "./run.ts";
import { type Sched, sched } from "./sched.ts";
import { schedule } from "./schedule.ts";
import { Timers } from "./timers.ts";
import { surface } from "./unjoined.ts";
import { waitReasonText } from "./wait-words.ts";

// What runSync sees of the world: the clock and the warnings. What is posted comes after it.
function withoutEventLoop(host: Host): Host {
  return {
    kind: "none",
    now: () => host.now(),
    post: (task, soon) => host.post(task, soon),
    park: () => {},
    unpark: () => {},
    onDrained: () => {},
    later: (ms, task) => host.later(ms, task),
    print: (text) => host.print(text),
    env: (name) => host.env(name),
    warn: (text) => host.warn(text),
    unhandled: (err) => host.unhandled(err),
  };
}

/**
 * Runs main and everything it starts to the end, at once, without the event loop, and returns main's result. Blocks the
 * thread. Goroutines that were there before run only if this program wakes them.
 * @throws main's error; DeadlockError when nobody can go on; MisuseError if somebody waits for the host (sleep, until)
 */
export function runSync<T>(main: Body<[], T>): T {
  checkBody("runSync", main);
  if (sched.m.inPass) throw new MisuseError("runSync: already inside the scheduler: use call()");
  sched.rare ??= rare;
  const { p, host, globalq, timers } = sched;
  sched.p = new P();
  sched.p.id = p.id;
  sched.globalq = new GQueue();
  sched.timers = new Timers();
  sched.host = withoutEventLoop(host);
  sched.m.inPass = true;
  try {
    return toItsEnd(begin(main, { deadlock: "closed" }, () => {})) as T;
  } finally {
    const left = { runq: sched.p.runq, globalq: sched.globalq, timers: sched.timers };
    Object.assign(sched, { p, host, globalq, timers });
    sched.m.inPass = false;
    sched.m.curg = null;
    // The pass parks the host, too: what was stopped or set meanwhile it has not been told.
    giveBack(left);
    kick();
  }
}

function toItsEnd(program: Program): unknown {
  for (;;) {
    startSlice();
    const more = schedule();
    surface(null);
    if (program.settled) return program.result();
    if (more) continue;
    // Nothing outside can end the wait of those that still unwind.
    if (program.ending) program.finish();
    else program.fail(stuck(program));
  }
}

function stuck(program: Program): Error {
  const g = hostWaiter(program);
  if (g === null) return new DeadlockError(...deadlockReport(program));
  return new MisuseError(`runSync: ${g} waits for the host (${g.op?.describe(waitReasonText)}): use run()`);
}

function hostWaiter(program: Program): G | null {
  for (const g of program) if (g.statusCode !== Gdead && g.op?.hostWakes(g) === true) return g;
  return null;
}

// Goroutines from elsewhere that this program woke go on later, in their own time.
function giveBack(left: Pick<Sched, "globalq" | "timers"> & { readonly runq: P["runq"] }): void {
  const { runq } = left;
  const { globalq } = sched;
  if (runq.runnext !== null) globalq.push(runq.runnext);
  runq.runnext = null;
  for (let g = runq.shift(); g !== null; g = runq.shift()) globalq.push(g);
  for (let g = left.globalq.shift(); g !== null; g = left.globalq.shift()) globalq.push(g);
  left.timers.moveTo(sched.timers);
}
