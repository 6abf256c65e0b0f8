// May: the answers of mayStart (idle.ts). A module of constants, so that a bundle carries numbers.

export const Yes = 0;
/** An idle M has fewer: it should be woken instead. */
export const WakeOther = 1;
/** An M that is starting has fewer: it will look by itself. */
export const Wait = 2;
