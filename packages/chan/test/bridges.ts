// What the tests of bridges share.

/** An async iterable that counts what was asked of it. */
export class Counting implements AsyncIterable<number>, AsyncIterator<number> {
  readonly end: number;
  readonly failure: unknown;
  asked: number;
  returned: number;

  constructor(end: number, failure?: unknown) {
    this.end = end;
    this.failure = failure;
    this.asked = 0;
    this.returned = 0;
  }
  [Symbol.asyncIterator](): AsyncIterator<number> {
    return this;
  }
  async next(): Promise<IteratorResult<number>> {
    const value = this.asked++;
    if (value < this.end) return { done: false, value };
    if (this.failure !== undefined) throw this.failure;
    return { done: true, value: undefined };
  }
  async return(): Promise<IteratorResult<number>> {
    this.returned++;
    return { done: true, value: undefined };
  }
}

/** Lets everything happen that can happen without time or I/O. */
export function turns(n = 3): Promise<void> {
  return new Promise((resolve) => {
    const again = (left: number): void => {
      if (left === 0) resolve();
      else setImmediate(again, left - 1);
    };
    again(n);
  });
}
