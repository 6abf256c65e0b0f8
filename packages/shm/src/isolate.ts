// The attachment of this isolate: which shared memory it has joined, and the post between isolates.
//
// One isolate joins at most one memory at a time. Packages that share words (channels, locks, threads) find each other
// here, not through imports: the registry hangs from globalThis, because modules may be loaded twice.
//
// Mail is a cell of the arena whose first word is the inbox's link; what else it holds is its kind's own. The kind
// stands in the cell's second word, so that one inbox serves everybody. Cells of one sender arrive in its order.

import type { Arena } from "./arena.ts";
import { ops } from "./atomics.ts";
import { fatal } from "./fatal.ts";
import type { Memory } from "./memory.ts";

/** Kinds of mail. Numbers are fixed: isolates of one program may have loaded different copies. */
export const Mail = {
  /** A start record comes home: its goroutine has ended. */
  Completed: 1,
  /** Cancel the goroutine of a start record that runs here. */
  Cancel: 2,
  /** A program has ended: cancel its goroutines here. */
  ProgramEnded: 3,
  /** A goroutine failed here that nobody joined: its program, which lives there, fails. */
  ProgramFailed: 4,
  /** A waiter at a shared thing completed (waiters.ts). */
  Waiter: 5,
  /** To the M itself (@gr/threads). */
  Control: 7,
  /** About an AbortSignal (@gr/threads). */
  Signal: 8,
  /** A program's stand-in on the sender has come or gone (@gr/threads). */
  ProgramSpread: 9,
  /** This isolate is the last that can reach a shared channel (@gr/chan). */
  ChanAlone: 10,
  /** About a goroutine's handle (@gr/threads). */
  Handle: 11,
  /** The same of a mutex or a wait group (@gr/sync). */
  SyncAlone: 12,
} as const;

/** Word of a mail cell that holds its kind; word 0 is the inbox's link. */
export const MAIL_KIND = 1;
/** First word of a mail cell that its kind may use. */
export const MAIL_BODY = 2;

/** What an isolate has joined. */
export interface Attachment {
  readonly memory: Memory;
  readonly arena: Arena;
  /** This M's number, which no other has or had (see deaths.ts); 0 is main. */
  readonly m: number;
  /** May this thread block on a lock? False on a browser's main thread. */
  readonly canBlock: boolean;
  /** Pushes a cell into M m's inbox and wakes that M. */
  readonly post: (m: number, cell: number) => void;
  /** The count of things on other Ms that this isolate waits for went up (1) or down (-1). */
  readonly held: (change: 1 | -1) => void;
}

/** Takes one cell of mail, and frees it if it is the receiver's to free. */
export type MailHandler = (cell: number) => void;

interface Isolate {
  attachment: Attachment | null;
  readonly handlers: (MailHandler | undefined)[];
  /** Told of each attachment that comes or goes. */
  readonly watchers: Set<(now: Attachment | null) => void>;
}

const KEY = "~gr.shm.isolate.1";
const home = globalThis as { [KEY]?: Isolate };
home[KEY] ??= { attachment: null, handlers: [], watchers: new Set() };
const isolate: Isolate = home[KEY];

/** Owner thread only. Joins a memory; null leaves it. */
export function attach(to: Attachment | null): void {
  if (to !== null && isolate.attachment !== null) fatal("isolate: joined a second memory without leaving the first");
  isolate.attachment = to;
  for (const told of isolate.watchers) told(to);
}

/** What this isolate has joined; null while the program has one thread. */
export function attached(): Attachment | null {
  return isolate.attachment;
}

/** Owner thread only. `told` is called at once if there is an attachment, and whenever one comes or goes. */
export function onAttach(told: (now: Attachment | null) => void): void {
  isolate.watchers.add(told);
  if (isolate.attachment !== null) told(isolate.attachment);
}

/** Owner thread only. Sets who takes mail of `kind`. A second copy of a module replaces the first. */
export function onMail(kind: number, handler: MailHandler): void {
  isolate.handlers[kind] = handler;
}

/** Scheduler side. Hands one cell, taken from this M's inbox, to its handler. The handler may free it. */
export function deliverMail(mem: Int32Array, cell: number): void {
  const kind = ops.peek(mem, cell + MAIL_KIND);
  const handler = isolate.handlers[kind];
  if (handler === undefined) fatal(`isolate: mail of kind ${kind} has no handler`);
  handler(cell);
}

/**
 * Owner thread only. Sends a cell to M m, which may be this one, and wakes it. Never blocks. The kind is in the cell's
 * second word. What the cell holds belongs to the receiver from here on.
 */
export function sendMail(m: number, cell: number): void {
  const to = isolate.attachment;
  if (to === null) fatal("isolate: mail without a shared memory");
  to.post(m, cell);
}

/**
 * Owner thread only. Keeps the process alive while something on another M, or that another M must end, is waited for:
 * hold(1) when the wait begins, hold(-1) when it ends. Neither the inbox nor a worker does that by itself.
 */
export function hold(change: 1 | -1): void {
  isolate.attachment?.held(change);
}
