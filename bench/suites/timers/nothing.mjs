// The baseline: the same timers in a loop that has nothing else to do.
import { run } from "@gr/core";
import { lateness } from "./lateness.mjs";

export const programs = { "timer-lateness": (n) => run(() => lateness(n)) };
