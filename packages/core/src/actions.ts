// What a body hands to the scheduler when it gives up the thread: sched.action, valid with SWITCH.

/** The goroutine is parked; its status says so. */
export const Parked = 0;
/** To the tail of the global queue (go#17). */
export const Gosched = 1;
/** Its slice is over: the same, and the operation begins afresh. */
export const Preempted = 2;
/** Push `sched.callee` on the goroutine's stack. */
export const Call = 3;
/** Cancelled or goexited: throw the sentinel into it. */
export const Unwind = 4;
