// run: a program.

import { checkBody } from "./body.ts";
import { expected, MisuseError } from "./errors.ts";
import { start } from "./go.ts";
import type { AnyBody, Body } from "./op.ts";
import { Program, type RunOptions } from "./program.ts";
import { loadRare } from "./rare-later.ts";
import { sched } from "./sched.ts";

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
  const { deadlock = "off" } = options;
  if (!/^(exact|closed|off)$/.test(deadlock))
    throw new TypeError(expected("run", "deadlock to be one of exact, closed, off", deadlock));
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

/** Any point of the owner thread. Starts a program; `settle` is told when it is over. */
export function begin(main: Body<[], unknown>, options: RunOptions, settle: (p: Program) => void): Program {
  const p = new Program(++programs, options, settle);
  sched.programs.add(p);
  // It is judged at the end of every pass in which nobody is left to run.
  if (p.deadlock === "closed") void loadRare();
  p.main = start(main as AnyBody, [], p, true);
  return p;
}
