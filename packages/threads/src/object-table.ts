// ObjectTable: objects that all threads share as they are (SharedArrayBuffers, shared WebAssembly memories), by number.
//
// What.  Such an object cannot be put into shared words. It is posted once to every isolate of the group, which keeps it
//        here; values name it by its number from then on (shared-objects.ts).
// Words. cell: the object's words, in the arena, on the list OBJECTS while the object lives. keeper: a second JavaScript
//        object over the same memory, which nobody but the table has. line: what carries the posts (bus.ts).
// How.   Who names an object puts its cell on the list and posts it, before any value with the number is published. A
//        line that is instant (Node's) has it in the receiver's queue by then, and a decoder that does not know a number
//        empties that queue. Over other lines the receiver of a record puts it aside until the object has come, and
//        channels take only what every thread has.
//        An isolate that starts opens its line, takes what its starter knew, and asks all others for what is on the list
//        and still unknown to it; only then does it take part.
//        REFS counts the isolates whose program can reach the object, and the messages on their way that name it. Only
//        these can name it again, so nothing raises REFS from 0: who brings it there takes the cell off the list and
//        tells all to forget the keeper. Why a keeper: were the table to hold what the program holds, it could not see
//        that the program has let go; were it to hold nothing, a later message could not be decoded.
// Invariants.
//   I1  A number in a published value is known to each isolate that takes part, or in its line's queue.
//   I2  While REFS > 0 no isolate that has the keeper drops it.
//   I3  Within an isolate one object has one number, and a number one object while the program can reach it.
//   I4  Who changes a cell reaches the object, or holds the lock and has found the cell on the list: else it may be freed.
// The hard part. Posting races with an isolate that starts:
//   poster: 1 put the cell on the list   2 post          starter: 1 open the line   2 read the list
//   What was posted before the line was open is on the list by then. With the poster's steps the other way round an
//   object could be posted before the line is open, and listed after the list was read.
// Rejected. A port between every two threads (as many ports as pairs); the object in each message (a post per value, and
//   a new identity per arrival); numbers that are never given up (a program that shares a buffer per frame would keep all).

import { loadLeft } from "@gr/core/internal";
import { ops } from "@gr/shm";
import type { Bus, Known, ObjectMessage } from "./bus.ts";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import { CELL_BYTES, HAVE, ID, NEXT } from "./object-words.ts";

interface Entry {
  readonly id: number;
  readonly cell: number;
  keeper: object;
}

/** Any thread. The numbers of all objects that live. */
export function listed(s: Group): number[] {
  const ids: number[] = [];
  s.lock();
  for (let at = ops.load(s.mem, w.OBJECTS); at !== 0; at = ops.load(s.mem, at + NEXT))
    ids.push(ops.load(s.mem, at + ID));
  s.unlock();
  return ids;
}

export class ObjectTable {
  readonly bus: Bus;
  readonly group: Group;
  readonly entries: Map<number, Entry>;
  private readonly watchers: Set<() => void>;

  constructor(group: Group, open: (told: (message: ObjectMessage) => void) => Bus) {
    this.group = group;
    this.entries = new Map();
    this.watchers = new Set();
    this.bus = open((message) => this.receive(message));
  }

  /** Owner thread only. All that this isolate knows. */
  known(): Known[] {
    this.bus.drain();
    return [...this.entries.values()].map(({ id, cell, keeper }) => ({ id, cell, object: keeper }));
  }

  /** Owner thread only. Puts a new object's cell on the list and posts it; returns its number. */
  publish(object: object, keeper: object, cell: number): number {
    const { group: s } = this;
    const id = ops.add(s.mem, w.NEXT_OBJECT, 1) + 1;
    ops.poke(s.mem, cell + ID, id);
    for (let i = HAVE; i < CELL_BYTES / 4; i++) ops.poke(s.mem, cell + i, 0);
    s.lock();
    ops.store(s.mem, cell + NEXT, ops.load(s.mem, w.OBJECTS));
    ops.store(s.mem, w.OBJECTS, cell);
    s.unlock();
    this.learn({ id, cell, object: keeper });
    // Order matters: posted after it is listed; see the essay.
    this.bus.post({ gr: "object", id, cell, object });
    return id;
  }

  /** Owner thread only. The keeper of number `id`; undefined if it has not come. */
  keeper(id: number): object | undefined {
    if (!this.entries.has(id)) this.bus.drain();
    return this.entries.get(id)?.keeper;
  }

  /** Owner thread only. The program has got the keeper; `next` takes its place. */
  replace(id: number, next: object): void {
    (this.entries.get(id) as Entry).keeper = next;
  }

  /** Owner thread only. Nobody can name number `id` any more. The cell is the caller's. */
  retire(id: number, cell: number): void {
    const { mem } = this.group;
    this.group.lock();
    for (let link = w.OBJECTS, at = ops.load(mem, link); at !== 0; link = at + NEXT, at = ops.load(mem, link))
      if (at === cell) {
        ops.store(mem, link, ops.load(mem, cell + NEXT));
        break;
      }
    this.group.unlock();
    this.entries.delete(id);
    this.bus.post({ gr: "forget", id });
  }

  /** Owner thread only. Does every M that takes part have the object? */
  everywhere(cell: number): boolean {
    const { mem } = this.group;
    const ms = ops.load(mem, w.NMS);
    for (let m = 0; m < ms; m++) {
      if (ops.load(mem, w.mSlot(m) + w.M_STATE) === MState.None) continue;
      if ((ops.load(mem, cell + HAVE + (m >> 5)) & (1 << (m & 31))) === 0) return false;
    }
    return true;
  }

  /** Owner thread only. `ask` is called after each change, until it says true; and when what packages load has come. */
  when(ask: () => boolean): void {
    const look = (): void => {
      if (ask()) this.watchers.delete(look);
    };
    this.watchers.add(look);
    void loadLeft()?.then(() => this.changed());
  }

  /** Owner thread only. How many wait for objects. */
  get waits(): number {
    return this.watchers.size;
  }

  /** Owner thread only. A message of the line has come. */
  receive(message: ObjectMessage): void {
    if (message.gr === "object") this.learn(message);
    else if (message.gr === "forget") this.entries.delete(message.id);
    else if (message.gr === "want") {
      for (const id of message.ids) {
        const entry = this.entries.get(id);
        if (entry !== undefined) this.bus.post({ gr: "object", id, cell: entry.cell, object: entry.keeper });
      }
      return;
    }
    this.changed();
  }

  /** Owner thread only. Who waits looks again: an object has come, or an M that did not have one is gone. */
  changed(): void {
    for (const look of this.watchers) look();
  }

  /** Owner thread only. The object has come. */
  learn({ id, cell, object }: Known): void {
    if (this.entries.has(id)) return;
    if (!this.bus.instant && !this.mark(id, cell)) return;
    this.entries.set(id, { id, cell, keeper: object });
    if (!this.bus.instant && this.group.m !== w.SYSMON) this.bus.post({ gr: "have", id });
  }

  // Says in the cell that this M has the object. False if it was given up on the way: the cell is somebody else's by now.
  private mark(id: number, cell: number): boolean {
    const { group: s } = this;
    const { mem, m } = s;
    s.lock();
    // Order matters: found on the list under the lock; pairs with retire, which takes it off before the cell is freed.
    let at = ops.load(mem, w.OBJECTS);
    while (at !== 0 && at !== cell) at = ops.load(mem, at + NEXT);
    const lives = at !== 0 && ops.load(mem, cell + ID) === id;
    const word = cell + HAVE + (m >> 5);
    if (lives) ops.store(mem, word, ops.load(mem, word) | (1 << (m & 31)));
    s.unlock();
    return lives;
  }

  close(): void {
    this.bus.close();
  }
}
