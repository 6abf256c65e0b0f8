// Control: what mail to an M itself says (control.ts). A module of constants, so that a bundle carries numbers.

/** To main: a worker is needed (NEED). */
export const StartWorker = 1;
/** To all: M m, which was at `at`, is no more; value: why. */
export const Died = 2;
/** To main: start the reserved M m for the record `at` alone. */
export const StartThread = 3;
/** To main: end the thread of M m. */
export const Terminate = 4;
/** To main: it should look whether all Ms rest. */
export const Ring = 5;
/** What do the goroutines of M m's program with the key `at` wait for? And the answer of M m. */
export const Ask = 6;
export const Answer = 7;
/** To a worker: no M will ever act, so what was begun there and cannot go on is to be ended; see judge.ts. */
export const Judge = 8;
