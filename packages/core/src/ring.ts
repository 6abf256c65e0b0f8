// Ring: a growable first-in-first-out queue over one array. The only queue in the package that grows.

export class Ring<T> {
  private items: (T | undefined)[];
  private mask: number;
  private head: number;
  /** Number of items in the queue. */
  length: number;

  constructor() {
    this.items = new Array(16).fill(undefined);
    this.mask = 15;
    this.head = 0;
    this.length = 0;
  }

  push(item: T): void {
    if (this.length > this.mask) this.grow();
    this.items[(this.head + this.length) & this.mask] = item;
    this.length++;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head = (this.head + 1) & this.mask;
    this.length--;
    if (this.length === 0 && this.mask > 1023) this.reset();
    return item;
  }

  private grow(): void {
    const old = this.items;
    const size = old.length;
    const items = new Array(size * 2).fill(undefined);
    for (let i = 0; i < size; i++) items[i] = old[(this.head + i) & this.mask];
    this.items = items;
    this.mask = size * 2 - 1;
    this.head = 0;
  }

  // A queue that held a million items once must not keep their room for ever.
  private reset(): void {
    this.items = new Array(16).fill(undefined);
    this.mask = 15;
    this.head = 0;
  }
}
