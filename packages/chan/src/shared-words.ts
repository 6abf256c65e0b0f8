// The words of a shared channel: a cell of the arena. Those who wait at it have waiter cells (shm/waiter-words.ts).
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
// | HOLDERS  | sum      | any thread: its M + 1, per object it has     | who leaves one ref     |
// | PLANNED  | address  | promote: the next of those it makes shared   | whoever buries it      |

import type { RefWords } from "@gr/shm";

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
export const HOLDERS = 25;
export const PLANNED = 26;
export const CHAN_WORDS = 32;

/** What shm/ref-counts.ts needs to know of them. */
export const REF_WORDS: RefWords = { refs: REFS, holders: HOLDERS, queues: [RECVQ, SENDQ] };

/** In CLOSED. BROKEN: a thread died while it changed the channel. */
export const CLOSED_YES = 1;
export const CLOSED_BROKEN = 2;
