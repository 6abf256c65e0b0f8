// Plain async/await: the channel that one writes in an afternoon, with a promise for whoever waits.
class Channel {
  constructor(capacity) {
    this.capacity = capacity;
    this.items = [];
    this.head = 0;
    this.takers = [];
    this.givers = [];
  }
  send(value) {
    const taker = this.takers.shift();
    if (taker !== undefined) {
      taker(value);
      return undefined;
    }
    if (this.items.length - this.head < this.capacity) {
      this.items.push(value);
      return undefined;
    }
    return new Promise((resolve) => this.givers.push({ value, resolve }));
  }
  receive() {
    if (this.head < this.items.length) {
      const value = this.items[this.head++];
      if (this.head === this.items.length) {
        this.items.length = 0;
        this.head = 0;
      }
      const giver = this.givers.shift();
      if (giver !== undefined) {
        this.items.push(giver.value);
        giver.resolve();
      }
      return value;
    }
    const giver = this.givers.shift();
    if (giver !== undefined) {
      giver.resolve();
      return giver.value;
    }
    return new Promise((resolve) => this.takers.push(resolve));
  }
}

const chanPing = async (n) => {
  const there = new Channel(0);
  const back = new Channel(0);
  const helper = async () => {
    for (let i = 0; i < n; i++) await back.send(await there.receive());
  };
  const done = helper();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    await there.send(1);
    sum += await back.receive();
  }
  await done;
  return sum;
};

const prodCons = async (n, { cap }) => {
  const items = new Channel(cap);
  const produce = async () => {
    for (let i = 0; i < n; i++) await items.send(1);
    await items.send(0);
  };
  const done = produce();
  let sum = 0;
  for (;;) {
    const item = await items.receive();
    if (item === 0) break;
    sum += item;
  }
  await done;
  return sum;
};

export const programs = { "chan-ping": chanPing, "prod-cons": prodCons };
