// The words of a shared channel and of those who wait for it. All cells of the arena; addresses are word indices.
//
// Channel cell
//
// | word    | unit     | written by                                   | read by            |
// |---------|----------|----------------------------------------------|--------------------|
// | LOCK    | mutex    | any thread                                   | any thread         |
// | REFS    | count    | any thread (add, sub)                        | whoever drops one  |
// | VERSION | count    | holder of LOCK, when something became ready  | any thread         |
// | CLOSED  | state    | holder of LOCK; BROKEN: whoever buries it    | any thread         |
// | CAP     | values   | promote, before sharing                      | any thread         |
// | COUNT   | values   | holder of LOCK                               | any thread (len)   |
// | HEAD    | slot     | holder of LOCK                               | holder of LOCK     |
// | BUF     | address  | promote; holder of LOCK (freed when drained) | holder of LOCK     |
// | RECVQ   | 2 addr.  | holder of LOCK                               | holder of LOCK     |
// | SENDQ   | 2 addr.  | holder of LOCK                               | holder of LOCK     |
// | NAME    | slot     | promote, before sharing                      | any thread         |
//
// Waiter cell: 64 bytes, one line of the cache. Words 0 and 1 are the mail's (link, kind).
//
// | word   | unit     | written by                                         | read by                    |
// |--------|----------|----------------------------------------------------|----------------------------|
// | NEXT   | address  | holder of the channel's LOCK                       | the same                   |
// | PREV   | address  | holder of the channel's LOCK                       | the same                   |
// | CHAN   | address  | holder of LOCK; 0 once it is on no queue           | holder of LOCK             |
// | M      | M        | its owner, before it is queued                     | holder of LOCK             |
// | KEY    | index    | its owner, before it is queued                     | its owner                  |
// | CLAIM  | address  | its owner, before it is queued                     | holder of LOCK             |
// | OK     | outcome  | whoever claimed it                                 | its owner, once it is mail |
// | OWN    | claim    | any thread (CAS), by the rules of claims           | any thread                 |
// | SLOT   | slot     | its owner (send) or whoever claimed it (receive)   | the other side             |

import { MAIL_BODY, SLOT_WORDS } from "@gr/shm";

export const LOCK = 0;
export const REFS = 1;
export const VERSION = 2;
export const CLOSED = 3;
export const CAP = 4;
export const COUNT = 5;
export const HEAD = 6;
export const BUF = 7;
export const RECVQ = 8;
export const SENDQ = 10;
export const NAME = 12;
export const CHAN_WORDS: number = NAME + SLOT_WORDS;

export const NEXT: number = MAIL_BODY;
export const PREV: number = MAIL_BODY + 1;
export const CHAN: number = MAIL_BODY + 2;
export const M: number = MAIL_BODY + 3;
export const KEY: number = MAIL_BODY + 4;
export const CLAIM: number = MAIL_BODY + 5;
export const OK: number = MAIL_BODY + 6;
export const OWN: number = MAIL_BODY + 7;
export const SLOT: number = MAIL_BODY + 8;
export const WAITER_WORDS: number = SLOT + SLOT_WORDS;

/** In CLOSED. BROKEN: a thread died while it changed the channel. */
export const CLOSED_YES = 1;
export const CLOSED_BROKEN = 2;

/** In OK: not claimed yet, or its claimer has not finished with it; the channel was closed; the operation was done. */
export const OK_NONE: number = -1;
export const OK_CLOSED = 0;
export const OK_DONE = 1;
