// The capacity that a user gives.

import { expected } from "@gr/core/internal";

/** Largest capacity; an array cannot hold more (Go: makechan: size out of range). */
const MAX_CAP = 2 ** 32 - 2;

export function checkCapacity(who: string, capacity: unknown): number {
  if (Number.isInteger(capacity) && (capacity as number) >= 0 && (capacity as number) <= MAX_CAP)
    return capacity as number;
  throw new RangeError(expected(`${who}: size out of range`, "capacity to be an integer >= 0", capacity));
}
