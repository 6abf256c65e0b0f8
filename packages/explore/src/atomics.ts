// Every interleaving of the atomic operations of a few small threads.
//
// What.  Runs ordinary synchronous code, written against the atomics door, through all orders in which its operations
//        can meet those of other threads, and reports assertion failures and stuck ends with the schedule to them.
// Words. thread: a function of the shared words. step: one operation. end: a state in which nobody can step.
//        stuck: an end with a thread that is not over. schedule: the steps from the start, e.g. "0 1 1 0t 2k".
// How.   Depth first over states (model-state.ts). Threads are replayed from their histories (virtual-thread.ts).
//        A state that was seen before, words and histories and wait queues alike, is not entered again.
// Invariants.
//   I1  Each operation is one indivisible step, and steps are sequentially consistent, as JavaScript's Atomics are.
//   I2  peek and poke are steps too; the model does not reorder plain accesses.
//   I3  pause() is enabled only after another thread has changed a word: a spin loop that only loads is finite.
// The hard part. A thread's identity is its whole history, so a loop without pause() has no last state; such a
//        thread is refused after `maxSteps` operations, loudly.
// Rejected. Generators in the code under test (it would no longer be the code that ships); hashing states (a
//        collision hides a schedule); random schedules (a stress test passes protocols that this refutes).
// Sources. The idea of loom and of lincheck's model checking; waiting on words as in ECMAScript's Atomics.

import type { AtomicsDoor } from "./door.ts";
import {
  type Action,
  enabledActions,
  initialState,
  isDead,
  isDone,
  type ModelState,
  stateKey,
  step,
} from "./model-state.ts";
import { VirtualThread, WAIT_RESULTS } from "./virtual-thread.ts";

/** A state in which nobody can step. */
export interface End {
  readonly mem: Int32Array;
  /** What each finished thread returned. */
  readonly results: readonly unknown[];
  readonly done: readonly boolean[];
  readonly dead: readonly boolean[];
}

export interface AtomicsProgram {
  /** Number of shared words; they start as 0. */
  readonly words: number;
  /** Hands the door to the code under test and returns the one before. */
  readonly install: (door: AtomicsDoor) => AtomicsDoor;
  /** Prepares the words. The real door is in place. */
  readonly init?: (mem: Int32Array) => void;
  /** The threads. Each must depend on nothing but its operations. They get a mem that only the door may touch. */
  readonly threads: readonly ((mem: Int32Array) => unknown)[];
  /**
   * A thread that cannot die and learns of deaths: `awaitDeath()` blocks until one has happened and answers which.
   * Having none to learn of is not being stuck.
   */
  readonly undertaker?: (mem: Int32Array, awaitDeath: () => number) => unknown;
  /** Called in every end that is not stuck, or stuck and allowed; throws if it is wrong. The real door is in place. */
  readonly check?: (end: End) => void;
  /** Called after every step. */
  readonly invariant?: (mem: Int32Array) => void;
  /** Says that a stuck end is fine, e.g. an idle thread when all work is done. */
  readonly allowStuck?: (end: End) => boolean;
  /**
   * Says that word `at` is touched by one thread at a time, under a lock or as its own: such a step commutes with every
   * step of the others, so only the order of the other steps is explored. A wrong answer hides schedules.
   */
  readonly exclusive?: (at: number) => boolean;
  /**
   * Says that word `at` is a lock, 0 when free: a compareExchange of it that would fail waits until it succeeds. For
   * programs over a lock that has been explored by itself.
   */
  readonly isLock?: (at: number) => boolean;
  /** Words' names for the printed schedule. */
  readonly names?: Readonly<Record<number, string>>;
}

export interface AtomicsOptions {
  /** Also explore the death of one thread (or of that many) before each of its steps. */
  readonly kill?: boolean | number;
  /** Refuses to go on beyond this many states. Default 3,000,000. */
  readonly maxStates?: number;
  /** Refuses a thread that makes more operations than this. Default 400. */
  readonly maxSteps?: number;
  /** Goes on after the first failure, to count them. */
  readonly all?: boolean;
  /** Models a host without Atomics.waitAsync. */
  readonly noAsyncWait?: boolean;
}

export interface AtomicsFailure {
  readonly kind: "stuck" | "thrown" | "check" | "invariant";
  readonly message: string;
  /** Replayable by replayAtomics. */
  readonly schedule: string;
  /** One line per step. */
  readonly text: string;
  readonly cause: unknown;
}

export interface AtomicsReport {
  readonly states: number;
  readonly ends: number;
  readonly stuck: number;
  readonly failures: number;
  /** The first failure or stuck end. */
  readonly failure: AtomicsFailure | null;
}

interface Frame {
  readonly state: ModelState;
  readonly actions: readonly Action[];
  next: number;
}

/** Explores the program. Never throws for a failure it finds: see mustHold. */
export function exploreAtomics(program: AtomicsProgram, options: AtomicsOptions = {}): AtomicsReport {
  const { maxStates = 3_000_000, maxSteps = 400 } = options;
  const threads = makeThreads(program, options);
  const seen = new Set<string>();
  const stack: Frame[] = [];
  let ends = 0;
  let stuck = 0;
  let failures = 0;
  let failure: AtomicsFailure | null = null;

  const fail = (kind: AtomicsFailure["kind"], cause: unknown): void => {
    if (kind === "stuck") stuck++;
    else failures++;
    failure ??= describe(program, threads, kind, cause, pathOf(stack), options);
  };
  const enter = (state: ModelState): void => {
    const key = stateKey(state);
    if (seen.has(key)) return;
    seen.add(key);
    if (seen.size > maxStates) throw new RangeError(`explore: more than ${maxStates} states; make the program smaller`);
    for (const node of state.nodes) {
      if (node.depth > maxSteps)
        throw new RangeError(`explore: a thread made ${maxSteps} steps; does it spin without pause()?`);
    }
    const actions = reduced(program, state, enabledActions(state, mortal(program)));
    if (!actions.some((a) => a.how !== "kill")) {
      ends++;
      const wrong = judgeEnd(program, state);
      if (wrong !== null) fail(wrong.kind, wrong.cause);
    }
    stack.push({ state, actions, next: 0 });
  };

  enter(startState(program, threads, options));
  while (stack.length > 0) {
    if (failure !== null && !options.all) break;
    const frame = stack.at(-1)!;
    const action = frame.actions[frame.next++];
    if (action === undefined) {
      stack.pop();
      continue;
    }
    const state = step(frame.state, threads, action);
    const wrong = judgeStep(program, state, action);
    if (wrong === null) enter(state);
    else fail(wrong.kind, wrong.cause);
  }
  return { states: seen.size, ends, stuck, failures, failure };
}

/** Throws the report's failure, with its schedule, if it has one. Returns the report. */
export function mustHold(report: AtomicsReport): AtomicsReport {
  const f = report.failure;
  if (f !== null) throw new Error(`${f.kind}: ${f.message}\nschedule: ${f.schedule}\n${f.text}`, { cause: f.cause });
  return report;
}

/** Runs one schedule; returns its failure, or null if there is none. Throws if the schedule does not fit the program. */
export function replayAtomics(
  program: AtomicsProgram,
  schedule: string,
  options: AtomicsOptions = {},
): AtomicsFailure | null {
  const threads = makeThreads(program, options);
  let state = startState(program, threads, options);
  const path: Action[] = [];
  for (const action of parse(schedule)) {
    const fits = enabledActions(state, mortal(program)).some((a) => a.thread === action.thread && a.how === action.how);
    if (!fits) throw new RangeError(`explore: step ${path.length} (${print(action)}) of the schedule is not possible`);
    state = step(state, threads, action);
    path.push(action);
    const wrong = judgeStep(program, state, action);
    if (wrong !== null) return describe(program, threads, wrong.kind, wrong.cause, path, options);
  }
  if (enabledActions(state, mortal(program)).some((a) => a.how !== "kill")) return null;
  const wrong = judgeEnd(program, state);
  return wrong === null ? null : describe(program, threads, wrong.kind, wrong.cause, path, options);
}

/** One thread's step on a word that is its own for now stands for all orders with the steps of others. */
function reduced(program: AtomicsProgram, state: ModelState, all: readonly Action[]): readonly Action[] {
  const { exclusive, isLock } = program;
  const actions =
    isLock === undefined
      ? all
      : all.filter((a) => {
          const { kind, at } = state.nodes[a.thread]!.op!;
          return a.how !== "step" || kind !== "compareExchange" || !isLock(at) || state.mem[at] === 0;
        });
  if (exclusive === undefined || actions.some((a) => a.how === "kill")) return actions;
  const first = actions.find((a) => {
    const { kind, at } = state.nodes[a.thread]!.op!;
    return a.how === "step" && EXCLUSIVE.has(kind) && exclusive(at);
  });
  return first === undefined ? actions : [first];
}
const EXCLUSIVE: ReadonlySet<string> = new Set(["load", "store", "add", "sub", "exchange", "peek", "poke"]);

type Wrong = { readonly kind: AtomicsFailure["kind"]; readonly cause: unknown };

function judgeStep(program: AtomicsProgram, state: ModelState, action: Action): Wrong | null {
  const { error } = state.nodes[action.thread]!;
  if (error !== null && action.how !== "kill") return { kind: "thrown", cause: error.thrown };
  try {
    program.invariant?.(state.mem);
  } catch (cause) {
    return { kind: "invariant", cause };
  }
  return null;
}

function judgeEnd(program: AtomicsProgram, state: ModelState): Wrong | null {
  const threads = state.nodes.map((_, t) => t);
  const end: End = {
    mem: state.mem.slice(),
    results: state.nodes.map((node) => (node.op === null ? node.value : undefined)),
    done: threads.map((t) => isDone(state, t)),
    dead: threads.map((t) => isDead(state, t)),
  };
  const blocked = threads.filter((t) => !end.done[t] && !end.dead[t] && state.nodes[t]!.op!.kind !== "death");
  if (blocked.length > 0 && !program.allowStuck?.(end)) {
    const where = blocked.map((t) => `thread ${t} in ${state.nodes[t]!.op!.kind}`).join(", ");
    return { kind: "stuck", cause: new Error(`nobody can go on: ${where}`) };
  }
  try {
    program.check?.(end);
  } catch (cause) {
    return { kind: "check", cause };
  }
  return null;
}

function makeThreads(program: AtomicsProgram, options: AtomicsOptions): VirtualThread[] {
  let id = 0;
  const mem = untouchable();
  const bodies = program.undertaker ? [...program.threads, program.undertaker] : program.threads;
  return bodies.map((body) => new VirtualThread(body, mem, program.install, () => id++, options.noAsyncWait === true));
}

const mortal = (program: AtomicsProgram) => (thread: number) => thread < program.threads.length;

function startState(program: AtomicsProgram, threads: readonly VirtualThread[], options: AtomicsOptions): ModelState {
  const mem = new Int32Array(new SharedArrayBuffer(program.words * 4));
  program.init?.(mem);
  const kills = options.kill === true ? 1 : Number(options.kill ?? 0);
  return initialState(mem, threads, kills);
}

/** What threads get as their words: an access past the door, which the model would not see, throws. */
function untouchable(): Int32Array {
  return new Proxy(new Int32Array(0), {
    get(_target, key) {
      throw new TypeError(`explore: word ${String(key)} was read past the atomics door`);
    },
    set(_target, key) {
      throw new TypeError(`explore: word ${String(key)} was written past the atomics door`);
    },
  });
}

function pathOf(stack: readonly Frame[]): Action[] {
  return stack.filter((f) => f.next > 0).map((f) => f.actions[f.next - 1]!);
}

const SUFFIX = { step: "", timeout: "t", kill: "k" } as const;
const print = (a: Action): string => a.thread + SUFFIX[a.how];

function parse(schedule: string): Action[] {
  return schedule
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => ({
      thread: Number.parseInt(word, 10),
      how: word.endsWith("t") ? "timeout" : word.endsWith("k") ? "kill" : "step",
    }));
}

function describe(
  program: AtomicsProgram,
  threads: readonly VirtualThread[],
  kind: AtomicsFailure["kind"],
  cause: unknown,
  path: readonly Action[],
  options: AtomicsOptions,
): AtomicsFailure {
  const lines: string[] = [];
  let state = startState(program, threads, options);
  for (const action of path) {
    const next = step(state, threads, action);
    lines.push(describeStep(program, state, next, action));
    state = next;
  }
  return {
    kind,
    message: cause instanceof Error ? cause.message : String(cause),
    schedule: path.map(print).join(" "),
    text: lines.join("\n"),
    cause,
  };
}

function describeStep(program: AtomicsProgram, before: ModelState, after: ModelState, action: Action): string {
  const who = `thread ${action.thread}`;
  if (action.how === "kill") return `${who} dies`;
  const { kind, at, a, b } = before.nodes[action.thread]!.op!;
  if (action.how === "timeout") return `${who} wait times out`;
  const where = program.names?.[at] ?? String(at);
  const args = kind === "compareExchange" ? `, ${a}, ${b}` : /load|peek|notify/.test(kind) ? "" : `, ${a}`;
  const call = /pause|turn|death/.test(kind) ? kind : `${kind}(${where}${args})`;
  const node = after.nodes[action.thread]!;
  if (node === before.nodes[action.thread]) return `${who} ${call} blocks`;
  const answer = kind === "wait" ? WAIT_RESULTS[node.result] : node.result;
  const silent = /store|poke|pause/.test(kind);
  return `${who} ${call}${silent ? "" : ` = ${answer}`}`;
}
