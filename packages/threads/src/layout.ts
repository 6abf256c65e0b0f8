// Where the words of Sched, M and P are. The words and their table are in layout-words.ts.

import { slotOf } from "@gr/shm";
import { M_WORDS, M0 } from "./layout-words.ts";

export * from "./layout-words.ts";

/** Where the words of M m are; m is its number or its slot. */
export const mSlot = (m: number): number => M0 + slotOf(m) * M_WORDS;
/** Where the P slots begin behind `ms` M slots. */
export const pBase = (ms: number): number => M0 + ms * M_WORDS;
