import { channel } from "@thi.ng/csp";

const chanPing = async (n) => {
  const there = channel(1);
  const back = channel(1);
  const helper = async () => {
    for (let i = 0; i < n; i++) await back.write(await there.read());
  };
  const done = helper();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    await there.write(1);
    sum += await back.read();
  }
  await done;
  return sum;
};

const prodCons = async (n, { cap }) => {
  const items = channel(Math.max(1, cap));
  const produce = async () => {
    for (let i = 0; i < n; i++) await items.write(1);
    await items.write(0);
  };
  const done = produce();
  let sum = 0;
  for (;;) {
    const item = await items.read();
    if (item === 0) break;
    sum += item;
  }
  await done;
  return sum;
};

// Its smallest buffer holds one value, so these are channels of capacity 1 where the others are unbuffered.
export const programs = { "chan-ping": chanPing, "prod-cons": prodCons };
