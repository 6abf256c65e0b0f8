// The words of a waiter: somebody who waits at a thing that threads share (a channel, a mutex, a wait group).
//
// Waiter cell: 64 bytes, one line of the cache. Words 0 and 1 are the mail's (link, kind).
//
// | word     | unit     | written by                                         | read by                    |
// |----------|----------|----------------------------------------------------|----------------------------|
// | W_NEXT   | address  | holder of the thing's locks                        | the same                   |
// | W_PREV   | address  | holder of the thing's locks                        | the same                   |
// | W_ON     | address  | holder of the thing's locks: the queue; 0: on none | the same                   |
// | W_M      | M        | its owner, before it is queued                     | holder of the locks        |
// | W_KEY    | index    | its owner, before it is queued                     | its owner                  |
// | W_CLAIM  | address  | its owner, before it is queued                     | holder of the locks        |
// | W_OK     | outcome  | whoever claimed it                                 | its owner, once it is mail |
// | W_OWN    | claim    | any thread (CAS), by the rules of claims           | any thread                 |
// | W_SLOT   | slot     | its owner, or whoever claimed it                   | the other side             |

import { SLOT_WORDS } from "./codec.ts";
import { MAIL_BODY } from "./isolate.ts";

export const W_NEXT: number = MAIL_BODY;
export const W_PREV: number = MAIL_BODY + 1;
export const W_ON: number = MAIL_BODY + 2;
export const W_M: number = MAIL_BODY + 3;
export const W_KEY: number = MAIL_BODY + 4;
export const W_CLAIM: number = MAIL_BODY + 5;
export const W_OK: number = MAIL_BODY + 6;
export const W_OWN: number = MAIL_BODY + 7;
export const W_SLOT: number = MAIL_BODY + 8;
export const WAITER_WORDS: number = W_SLOT + SLOT_WORDS;

/** In W_OK: not claimed yet, or its claimer has not finished with it; it ended without success; the operation was done. */
export const OK_NONE: number = -1;
export const OK_NO = 0;
export const OK_DONE = 1;
