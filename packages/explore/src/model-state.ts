// One state of the whole program: the words, where each thread is, who waits on what. States are values: a step makes
// a new one.

import { type HistoryNode, NOT_EQUAL, OK, TIMED_OUT, type VirtualThread } from "./virtual-thread.ts";

/** Wants its next operation. */
const RUNNING = 0;
/** Inside a blocking wait. */
const WAITING = 1;
/** Inside a blocking wait that a notify has ended. */
const WOKEN = 2;
const DEAD = 3;

/** A waiter in the queue of a word; `arm` is -1 for a blocking wait. */
interface Waiter {
  readonly at: number;
  readonly thread: number;
  readonly arm: number;
}

/** What can happen next: `thread` makes its operation, its timed wait ends by time, or it dies. */
export interface Action {
  readonly thread: number;
  readonly how: "step" | "timeout" | "kill";
}

export interface ModelState {
  readonly mem: Int32Array;
  readonly nodes: HistoryNode[];
  readonly status: number[];
  /** Has another thread changed a word since this thread's last pause? */
  readonly changed: boolean[];
  readonly waiters: Waiter[];
  /** Arms that were notified and whose turn has not run, in order, per thread. */
  readonly fired: number[][];
  readonly kills: number;
  /** Deaths that the undertaker has not seen. */
  readonly deaths: readonly number[];
}

export function initialState(mem: Int32Array, threads: readonly VirtualThread[], kills: number): ModelState {
  return {
    mem,
    nodes: threads.map((t) => t.root),
    status: threads.map(() => RUNNING),
    changed: threads.map(() => false),
    waiters: [],
    fired: threads.map(() => []),
    kills,
    deaths: [],
  };
}

export const isDead = (s: ModelState, t: number): boolean => s.status[t] === DEAD;
export const isDone = (s: ModelState, t: number): boolean => s.status[t] !== DEAD && s.nodes[t]!.op === null;

export function enabledActions(s: ModelState, mortal: (thread: number) => boolean): Action[] {
  const actions: Action[] = [];
  for (let thread = 0; thread < s.nodes.length; thread++) {
    const { op } = s.nodes[thread]!;
    const status = s.status[thread];
    if (status === DEAD || op === null) continue;
    if (status === WAITING) {
      if (op.b === 1) actions.push({ thread, how: "timeout" });
    } else if (op.kind === "turn") {
      if (s.fired[thread]!.length > 0) actions.push({ thread, how: "step" });
    } else if (op.kind === "death") {
      if (s.deaths.length > 0) actions.push({ thread, how: "step" });
    } else if (op.kind !== "pause" || s.changed[thread]) {
      actions.push({ thread, how: "step" });
    }
    if (s.kills > 0 && mortal(thread)) actions.push({ thread, how: "kill" });
  }
  return actions;
}

/** The state after `action`. Does not change `s`. */
export function step(s: ModelState, threads: readonly VirtualThread[], action: Action): ModelState {
  const t = action.thread;
  const next: ModelState = {
    mem: s.mem.slice(),
    nodes: s.nodes.slice(),
    status: s.status.slice(),
    changed: s.changed.slice(),
    waiters: s.waiters,
    fired: s.fired,
    kills: action.how === "kill" ? s.kills - 1 : s.kills,
    deaths: action.how === "kill" ? [...s.deaths, t] : s.deaths,
  };
  if (action.how === "kill") {
    next.status[t] = DEAD;
    return { ...next, waiters: s.waiters.filter((w) => w.thread !== t), fired: replaced(s.fired, t, []) };
  }
  if (action.how === "timeout") {
    next.status[t] = RUNNING;
    next.nodes[t] = threads[t]!.after(s.nodes[t]!, TIMED_OUT);
    return { ...next, waiters: s.waiters.filter((w) => w.thread !== t || w.arm >= 0) };
  }
  return perform(next, threads, t);
}

/** Makes thread t's operation in `s`, a fresh copy that nobody else holds yet. */
function perform(s: ModelState, threads: readonly VirtualThread[], t: number): ModelState {
  const node = s.nodes[t]!;
  const { kind, at, a, b } = node.op!;
  let { waiters, fired, deaths } = s;
  let result: number;
  switch (kind) {
    case "wait":
      if (s.status[t] === WOKEN) {
        s.status[t] = RUNNING;
        result = OK;
      } else if (word(s, at) === a) {
        s.status[t] = WAITING;
        return { ...s, waiters: [...waiters, { at, thread: t, arm: -1 }] };
      } else {
        result = NOT_EQUAL;
      }
      break;
    case "waitAsync":
      result = word(s, at) === a ? OK : NOT_EQUAL;
      if (result === OK) waiters = [...waiters, { at, thread: t, arm: b }];
      break;
    case "notify": {
      const kept: Waiter[] = [];
      result = 0;
      for (const w of waiters) {
        if (w.at !== at || result >= b) {
          kept.push(w);
          continue;
        }
        result++;
        if (w.arm < 0) s.status[w.thread] = WOKEN;
        else fired = replaced(fired, w.thread, [...fired[w.thread]!, w.arm]);
      }
      waiters = kept;
      break;
    }
    case "turn":
      result = fired[t]![0]!;
      fired = replaced(fired, t, fired[t]!.slice(1));
      break;
    case "death":
      result = deaths[0]!;
      deaths = deaths.slice(1);
      break;
    case "pause":
      s.changed[t] = false;
      result = 0;
      break;
    default:
      result = access(s, t, kind, at, a, b);
  }
  s.nodes[t] = threads[t]!.after(node, result);
  return { ...s, waiters, fired, deaths };
}

function access(s: ModelState, t: number, kind: string, at: number, a: number, b: number): number {
  const old = word(s, at);
  let value = old;
  if (kind === "store" || kind === "poke" || kind === "exchange") value = a;
  else if (kind === "add") value = (old + a) | 0;
  else if (kind === "sub") value = (old - a) | 0;
  else if (kind === "and") value = old & a;
  else if (kind === "or") value = old | a;
  else if (kind === "compareExchange" && old === a) value = b;
  if (value !== old) {
    s.mem[at] = value;
    for (let other = 0; other < s.changed.length; other++) if (other !== t) s.changed[other] = true;
  }
  return kind === "store" || kind === "poke" ? 0 : old;
}

function word(s: ModelState, at: number): number {
  const value = s.mem[at];
  if (value === undefined) throw new RangeError(`explore: word ${at} is outside the model's ${s.mem.length} words`);
  return value;
}

function replaced(lists: readonly number[][], t: number, list: number[]): number[][] {
  const copy = lists.slice();
  copy[t] = list;
  return copy;
}

/** Two states with one key have the same futures. Exact, not a hash: a collision would hide a schedule. */
export function stateKey(s: ModelState): string {
  const bytes: number[] = [];
  const put = (value: number): void => {
    let u = ((value << 1) ^ (value >> 31)) >>> 0;
    while (u > 127) {
      bytes.push((u & 127) | 128);
      u >>>= 7;
    }
    bytes.push(u);
  };
  for (const value of s.mem) put(value);
  put(s.kills);
  put(s.deaths.length);
  for (const dead of s.deaths) put(dead);
  for (let t = 0; t < s.nodes.length; t++) {
    put(s.nodes[t]!.id);
    put(s.status[t]! * 2 + (s.changed[t] ? 1 : 0));
    put(s.fired[t]!.length);
    for (const arm of s.fired[t]!) put(arm);
  }
  for (const w of s.waiters) {
    put(w.at);
    put(w.thread);
    put(w.arm);
  }
  return String.fromCharCode(...bytes);
}
