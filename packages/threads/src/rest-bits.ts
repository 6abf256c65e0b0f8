// Rest: how an M rests, in its M_REST (rest.ts). A module of constants, so that a bundle carries numbers.

export const Asleep = 1;
export const Drained = 2;
/** Drained, but an operation here waits for a signal, which no event loop waits for. */
export const Signals = 4;
/** Drained, and a program in exact mode that was begun here on a worker waits to be judged. */
export const Begun = 8;

export const BITS = 15;
export const VERSION = 16;
