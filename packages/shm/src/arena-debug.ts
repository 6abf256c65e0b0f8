// The arena's debug mode: a freed cell is filled with a pattern, all but its first word, which is the list's link.
//
// A cell that is full of the pattern when it is freed was freed before; one that is not when it is handed out was
// written after it was freed. Cells that were never used are zero. Large cells are not covered: freeing one twice
// finds its pages free.

import { fatal } from "./fatal.ts";

const PATTERN = 0x7ee1dead;

/** The cell's words but the first hold the pattern. */
export function wasFreed(mem: Int32Array, cell: number, words: number): boolean {
  for (let i = 1; i < words; i++) if (mem[cell + i] !== PATTERN) return false;
  return true;
}

export function poison(mem: Int32Array, cell: number, words: number): void {
  if (wasFreed(mem, cell, words)) fatal(`arena: cell ${cell} freed twice`);
  mem.fill(PATTERN, cell + 1, cell + words);
}

/** The cell is as poison left it, or was never used. Clears it, so that the next free is not taken for a second one. */
export function checkFree(mem: Int32Array, cell: number, words: number): void {
  const mark = mem[cell + 1];
  if (mark !== PATTERN && mark !== 0) fatal(`arena: cell ${cell} written after it was freed`);
  for (let i = 2; i < words; i++) {
    if (mem[cell + i] !== mark) fatal(`arena: cell ${cell} written after it was freed`);
  }
  mem.fill(0, cell + 1, cell + words);
}
