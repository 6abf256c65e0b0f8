// The shared things of one kind that this isolate's program can reach, written down where a survivor finds them: in
// shared words.
//
// Tables in the arena, one behind the other: the next one's address, then a thing's address or 0 per place. The first
// one's address is in the thread's estate. Only the isolate writes them, and whoever buries it reads them, once. They are
// kept for later things: four bytes for each that was held at the busiest time.

import { ArenaFullError } from "./arena.ts";
import { ops } from "./atomics.ts";
import { estateOf } from "./deaths.ts";
import type { Attachment } from "./isolate.ts";

const NEXT = 0;
const TABLE_WORDS = 1024;

export class HeldThings {
  private readonly to: Attachment;
  /** In the estate. */
  private readonly word: number;
  private readonly mem: Int32Array;
  private readonly free: number[];
  private tables: number;

  constructor(to: Attachment, word: number) {
    this.to = to;
    this.word = word;
    this.mem = to.memory.i32;
    this.free = [];
    this.tables = 0;
  }

  /** Bytes of the arena. */
  get bytes(): number {
    return this.tables * TABLE_WORDS * 4;
  }

  /** Owner thread only. Notes the thing at `at`; the place, or 0 if the arena is full: then nobody will find it. */
  add(at: number): number {
    if (this.free.length === 0) this.grow();
    const place = this.free.pop() ?? 0;
    if (place !== 0) ops.store(this.mem, place, at);
    return place;
  }

  /** Owner thread only. The thing is about to be given up. */
  remove(place: number): void {
    if (place === 0) return;
    ops.store(this.mem, place, 0);
    this.free.push(place);
  }

  private grow(): void {
    const { mem } = this;
    let table: number;
    try {
      table = this.to.arena.allocate(TABLE_WORDS * 4);
    } catch (err) {
      if (err instanceof ArenaFullError) return;
      throw err;
    }
    const head = estateOf(this.to.m, this.word);
    for (let i = TABLE_WORDS - 1; i > NEXT; i--) {
      ops.poke(mem, table + i, 0);
      this.free.push(table + i);
    }
    ops.poke(mem, table + NEXT, ops.peek(mem, head));
    // Order matters: the table is whole before it can be found.
    ops.store(mem, head, table);
    this.tables++;
  }
}

/** Any thread, once thread `dead` runs no more, and once. The things it held; the tables are freed. */
export function heldBy({ memory, arena }: Attachment, dead: number, word: number): number[] {
  const mem = memory.i32;
  const held: number[] = [];
  for (let table = ops.load(mem, estateOf(dead, word)); table !== 0; ) {
    for (let i = NEXT + 1; i < TABLE_WORDS; i++) {
      const at = ops.peek(mem, table + i);
      if (at !== 0) held.push(at);
    }
    const next = ops.peek(mem, table + NEXT);
    arena.free(table);
    table = next;
  }
  return held;
}
