// What an arena holds, in figures.

import type { Arena } from "./arena.ts";
import { classWords } from "./arena-central.ts";
import { MAX_OWNERS } from "./arena-layout.ts";
import { ops } from "./atomics.ts";

export interface ArenaStats {
  /** Of the whole heap. */
  readonly totalBytes: number;
  /** In pages that are in use. */
  readonly pageBytes: number;
  /** The most that pageBytes has been. */
  readonly highBytes: number;
  /** In cells that are handed out. */
  readonly cellBytes: number;
  /** Free cells by class, in magazines and central lists. */
  readonly free: readonly { readonly bytes: number; readonly cells: number }[];
}

/** Any thread. Takes the lock and looks at all classes. */
export function arenaStats(arena: Arena): ArenaStats {
  const { mem, layout } = arena;
  const pageBytes = 4 << layout.pageShift;
  arena.lockArena();
  const used = ops.load(mem, layout.used);
  let cellBytes = used * pageBytes;
  const free: { bytes: number; cells: number }[] = [];
  for (let c = 0; c < layout.classes; c++) {
    const bytes = classWords(layout, c) * 4;
    let cells = ops.load(mem, layout.centralCount + c);
    for (let m = 0; m < MAX_OWNERS; m++)
      cells += ops.load(mem, layout.magazines + m * layout.magazineWords + 2 * c + 1);
    const bump = ops.load(mem, layout.bump + c) * 4;
    const uncarved = (pageBytes - (bump % pageBytes)) % pageBytes;
    cellBytes -= cells * bytes + uncarved;
    free.push({ bytes, cells });
  }
  const highBytes = ops.load(mem, layout.high) * pageBytes;
  arena.unlockArena();
  return {
    totalBytes: arena.heapBytes,
    pageBytes: used * pageBytes,
    highBytes,
    cellBytes,
    free,
  };
}
