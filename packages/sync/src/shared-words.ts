// The words of a shared mutex or wait group: one cell of the arena. Those who wait at it have waiter cells
// (shm/waiter-words.ts).
//
// | word     | unit     | written by                                        | read by                |
// |----------|----------|---------------------------------------------------|------------------------|
// | LOCK     | mutex    | any thread                                        | any thread             |
// | REFS     | count    | any thread (add, sub)                             | whoever drops one      |
// | VERSION  | count    | holder of LOCK, when it became free, or zero      | any thread             |
// | STATE    | see below| any thread (CAS); see below                       | any thread             |
// | QUEUE    | 2 addr.  | holder of LOCK                                    | holder of LOCK         |
// | NAME     | slot     | promote, before sharing                           | any thread             |
// | HOLDERS  | sum      | any thread: its M + 1, per object it has          | who leaves one ref     |
//
// STATE of a wait group: the counter. It falls to zero under LOCK only; all else is one CAS without it.
// STATE of a mutex: 0 if it is free, or 1 + the M that holds it. It is taken by a CAS, with LOCK or without; handed on or
// freed by its holder alone, under LOCK.
// Of both: BROKEN, by whoever buries a thread that died with LOCK.

import { type RefWords, SLOT_WORDS } from "@gr/shm";

export const LOCK = 0;
export const REFS = 1;
export const VERSION = 2;
export const STATE = 3;
export const QUEUE = 4;
export const NAME = 6;
export const HOLDERS: number = NAME + SLOT_WORDS;
export const SHARED_WORDS: number = HOLDERS + 2;

/** What shm/ref-counts.ts needs to know of them. */
export const REF_WORDS: RefWords = { refs: REFS, holders: HOLDERS, queues: [QUEUE] };

/** In STATE, for good. */
export const BROKEN: number = -1;
