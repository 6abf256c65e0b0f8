import { Chan } from "ts-chan";

const chanPing = async (n) => {
  const there = new Chan();
  const back = new Chan();
  const helper = async () => {
    for (let i = 0; i < n; i++) await back.send((await there.recv()).value);
  };
  const done = helper();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    await there.send(1);
    sum += (await back.recv()).value;
  }
  await done;
  return sum;
};

const prodCons = async (n, { cap }) => {
  const items = new Chan(cap);
  const produce = async () => {
    for (let i = 0; i < n; i++) await items.send(1);
    await items.send(0);
  };
  const done = produce();
  let sum = 0;
  for (;;) {
    const { value } = await items.recv();
    if (value === 0) break;
    sum += value;
  }
  await done;
  return sum;
};

export const programs = { "chan-ping": chanPing, "prod-cons": prodCons };
