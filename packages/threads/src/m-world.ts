// MWorld: what an M needs of the thread around it.

import type { ObjectTable } from "./object-table.ts";
import type { Starts as StartsPolicy } from "./placement.ts";

/** What the thread around this M can do. */
export interface MWorld {
  readonly canBlock: boolean;
  readonly starts: StartsPolicy;
  readonly maxQueue: number;
  /** The objects that all threads share. */
  readonly objects: ObjectTable;
  import(url: string): Promise<unknown>;
  ping(m: number): void;
  startWorker(): void;
  /** Main only: starts M m for a record of its own, and ends it. */
  startThread(m: number, record: number): void;
  terminate(m: number): void;
  /** This M sleeps. */
  slept(): void;
  /** Main only: a part of the package cannot be loaded, and the threads cannot go on without it. */
  broken(err: unknown): void;
  /** The group ends (STOP). */
  stopped(): void;
  /** Main only: keeps the process alive, or does so no more. */
  held(on: boolean): void;
  /** A worker: lets its event loop drain, or keeps it from that. Null where the host does not say that it has drained. */
  readonly loosen: ((on: boolean) => void) | null;
}
