// Life: whether a slot is some M's (M_LIFE; slots.ts). A module of constants, so that a bundle carries numbers.

export const Free = 0;
/** An M's, whose thread lives or starts. */
export const Given = 1;
/** The M's thread is ending, and takes itself out. */
export const Leaving = 2;
/** It is on no list and holds nothing. */
export const Out = 3;
/** All others have mail about it. */
export const Left = 4;
