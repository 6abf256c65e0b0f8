// The numbers of the waits that core itself knows, each under a name of its own: see events.ts.

import type { Wait } from "./wait-reason.ts";

export const Sleep: typeof Wait.Sleep = 7;
export const IOWait: typeof Wait.IOWait = 14;
export const Join: typeof Wait.Join = 15;
export const Scope: typeof Wait.Scope = 16;
export const System: typeof Wait.System = 19;
