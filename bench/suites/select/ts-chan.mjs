import { Chan, recv, Select } from "ts-chan";

const selectBlocking = async (n) => {
  const a = new Chan();
  const b = new Chan();
  const feed = async () => {
    for (let i = 0; i < n; i += 2) {
      await a.send(1);
      await b.send(1);
    }
  };
  const done = feed();
  const either = new Select([recv(a), recv(b)]);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const at = await either.wait();
    sum += either.recv(either.cases[at]).value;
  }
  await done;
  return sum;
};

const selectReady = async (n) => {
  const channels = [new Chan(1), new Chan(1)];
  for (const c of channels) await c.send(1);
  const either = new Select(channels.map((c) => recv(c)));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const at = await either.wait();
    sum += either.recv(either.cases[at]).value;
    await channels[at].send(1);
  }
  return sum;
};

export const programs = { "select-blocking": selectBlocking, "select-ready": selectReady };
