// The words of a shared channel and of those who wait for it. All cells of the arena; addresses are word indices.
//
// Channel cell. Two lines of the cache: senders write the first, receivers the second. Who holds both locks writes all.
//
// | word     | unit     | written by                                   | read by                |
// |----------|----------|----------------------------------------------|------------------------|
// | LOCK     | mutex    | any thread                                   | any thread             |
// | REFS     | count    | any thread (add, sub)                        | whoever drops one      |
// | VERSION  | count    | holder of both, when something became ready  | any thread             |
// | CLOSED   | state    | holder of both; BROKEN: whoever buries it    | any thread             |
// | CAP      | values   | promote, before sharing                      | any thread             |
// | SENT     | count    | holder of LOCK                               | any thread             |
// | TAIL     | slot     | holder of LOCK                               | holder of LOCK         |
// | BUF      | address  | promote; holder of both (freed when drained) | holder of LOCK         |
// | RECVQ    | 2 addr.  | holder of both                               | any thread             |
// | SAW_GOT  | count    | holder of LOCK                               | any thread, as a hint  |
// | NAME     | slot     | promote, before sharing                      | any thread             |
// | RLOCK    | mutex    | any thread                                   | any thread             |
// | GOT      | count    | holder of RLOCK                              | any thread             |
// | HEAD     | slot     | holder of RLOCK                              | holder of RLOCK        |
// | SAW_SENT | count    | holder of RLOCK                              | any thread, as a hint  |
// | SENDQ    | 2 addr.  | holder of both                               | any thread             |
// | SHUT     | state    | as CLOSED, of which it is a copy             | holder of RLOCK        |
// | RCAP     | values   | promote: a copy of CAP                       | holder of RLOCK        |
// | RBUF     | address  | promote: a copy of BUF, valid until SHUT     | holder of RLOCK        |
//
// Waiter cell: 64 bytes, one line of the cache. Words 0 and 1 are the mail's (link, kind).
//
// | word   | unit     | written by                                         | read by                    |
// |--------|----------|----------------------------------------------------|----------------------------|
// | NEXT   | address  | holder of both locks of the channel                | the same                   |
// | PREV   | address  | holder of both locks of the channel                | the same                   |
// | CHAN   | address  | holder of both; 0 once it is on no queue           | holder of both             |
// | M      | M        | its owner, before it is queued                     | holder of both             |
// | KEY    | index    | its owner, before it is queued                     | its owner                  |
// | CLAIM  | address  | its owner, before it is queued                     | holder of both             |
// | OK     | outcome  | whoever claimed it                                 | its owner, once it is mail |
// | OWN    | claim    | any thread (CAS), by the rules of claims           | any thread                 |
// | SLOT   | slot     | its owner (send) or whoever claimed it (receive)   | the other side             |

import { MAIL_BODY, SLOT_WORDS } from "@gr/shm";

export const LOCK = 0;
export const REFS = 1;
export const VERSION = 2;
export const CLOSED = 3;
export const CAP = 4;
export const SENT = 5;
export const TAIL = 6;
export const BUF = 7;
export const RECVQ = 8;
export const SAW_GOT = 10;
export const NAME = 12;
export const RLOCK = 16;
export const GOT = 17;
export const HEAD = 18;
export const SAW_SENT = 19;
export const SENDQ = 20;
export const SHUT = 22;
export const RCAP = 23;
export const RBUF = 24;
export const CHAN_WORDS = 32;

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
