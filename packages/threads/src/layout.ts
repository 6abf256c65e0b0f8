// Where the words of Sched, M and P are. The words and their table are in layout-words.ts.

import { M_WORDS, M0 } from "./layout-words.ts";

export * from "./layout-words.ts";

export const mSlot = (m: number): number => M0 + m * M_WORDS;
/** Where the P slots begin behind `ms` M slots. */
export const pBase = (ms: number): number => M0 + ms * M_WORDS;
