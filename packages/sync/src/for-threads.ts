// Shared mutexes and wait groups are loaded when threads start.
//
// No other file that index.ts reaches may import @gr/shm: what a bundler finds in two chunks it puts where both see it,
// and a program of one thread would carry the codec.

import { loadWithThreads } from "@gr/core/internal";

loadWithThreads(() => import("./promote.ts"));
