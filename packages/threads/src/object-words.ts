// The cell of an object that all threads share (object-table.ts). A module of constants, so that a bundle carries numbers.

/** The next cell on the list. */
export const NEXT = 0;
export const ID = 1;
export const REFS = 2;
/** A bit per M that has the object, where that is asked for. */
export const HAVE = 3;
/** HAVE, and 32 Ms a word. */
export const CELL_BYTES = 44;
