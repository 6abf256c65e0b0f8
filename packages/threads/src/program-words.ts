// Keys of programs, and the words of the mail about them (far-programs.ts). A module of constants, so that a bundle carries
// numbers.

export const HOME_SHIFT = 24;
export const CLOSED = 0x800000;
export const ID_MASK = 0x7fffff;

/** VALUE is a slot. The first two words are every mail's own. */
export const MAIL_BYTES = 64;
export const KEY = 2;
export const VALUE = 4;
export const FROM = 8;
export const CHANGE = 9;
