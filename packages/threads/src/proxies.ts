// Proxies: the goroutines that this M started to run anywhere and that have not ended, by number.
//
// What.  A place per goroutine: the record that stands for it, and who hears of its end.
// Words. handle: a RemoteG, for a goroutine whose starter got one. crowd: one object for all that one starter started
//        without handles, of one portable and program: what else there is to say of them stands in their records.
// How.   Two lists side by side. A place in use has its record's address; a free one the number of the next free one,
//        negated, so that a million places that come free at once need no list of their own.
// Why crowds. A handle is 240 bytes that live until the goroutine has ended. While a million are started and wait, the
//        collector of the young generation copies each twice: a third of what starting one costs.

import type { PortableInfo, Program, Told } from "@gr/core/internal";
import { RemoteG } from "./remote-g.ts";

export class Crowd {
  readonly portable: PortableInfo;
  readonly program: Program;
  readonly told: Told;

  constructor(portable: PortableInfo, program: Program, told: Told) {
    this.portable = portable;
    this.program = program;
    this.told = told;
  }
}

export class Proxies {
  private readonly list: (RemoteG | Crowd | null)[];
  private records: Int32Array;
  /** The first free place; the number of places if there is none. */
  private free: number;
  /** How many have not ended, and how many of them are of a crowd. */
  live: number;
  crowded: number;

  constructor() {
    this.list = [];
    this.records = new Int32Array(64);
    this.free = 0;
    this.live = 0;
    this.crowded = 0;
  }

  /** The place that the next add() takes. */
  get next(): number {
    return this.free;
  }

  add(who: RemoteG | Crowd, record: number): void {
    const at = this.free;
    const { list } = this;
    if (at === list.length) {
      if (at === this.records.length) this.grow();
      list.push(who);
      this.free = at + 1;
    } else {
      list[at] = who;
      this.free = -(this.records[at] as number);
    }
    this.records[at] = record;
    this.live++;
    if (who instanceof Crowd) this.crowded++;
  }

  private grow(): void {
    const more = new Int32Array(this.records.length * 2);
    more.set(this.records);
    this.records = more;
  }

  /** Whose goroutine the record is; null if it has been given up. */
  of(at: number, record: number): RemoteG | Crowd | null {
    return this.records[at] === record ? (this.list[at] as RemoteG | Crowd | null) : null;
  }

  /** The goroutine at `at` is over, or given up. False if it was before. */
  remove(at: number, record: number): boolean {
    if (this.records[at] !== record) return false;
    if (this.list[at] instanceof Crowd) this.crowded--;
    this.list[at] = null;
    this.records[at] = -this.free;
    this.free = at;
    this.live--;
    return true;
  }

  /** One of a crowd has a handle from now on. */
  replace(at: number, g: RemoteG): void {
    this.list[at] = g;
    this.crowded--;
  }

  /** Those of crowds, as place and record; of one program if it is given. Those that are replaced meanwhile do no harm. */
  *unheld(program: Program | null): Generator<[at: number, record: number, crowd: Crowd]> {
    if (this.crowded === 0) return;
    for (let at = 0; at < this.list.length; at++) {
      const who = this.list[at];
      if (who instanceof Crowd && (program === null || who.program === program))
        yield [at, this.records[at] as number, who];
    }
  }

  /** All that have handles. */
  held(): RemoteG[] {
    return this.list.filter((who): who is RemoteG => who instanceof RemoteG);
  }
}
