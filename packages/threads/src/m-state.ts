// MState: what an M is doing, as the lock's holders see it (M_STATE). A module of constants, so that a bundle carries numbers.

/** No such M, or it has ended. */
export const None = 0;
/** Awake: it holds a P, or is about to look for one. */
export const Awake = 1;
/** On the idle list, or the main M asleep outside it. */
export const Idle = 2;
/** Has work only it can do and no P: on the wantP list. */
export const Wanting = 3;
/** In a blocking call, without a P. */
export const Blocked = 4;
/** Asleep on no list, for sysmon to wake when an M is stuck (SPARE). */
export const Spare = 5;
