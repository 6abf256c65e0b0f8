// Plain async functions in the place of goroutines.
const spawnBurst = async (n) => {
  let ran = 0;
  let finish;
  const end = new Promise((resolve) => {
    finish = resolve;
  });
  const task = async () => {
    await undefined;
    if (++ran === n) finish(ran);
  };
  for (let i = 0; i < n; i++) task();
  return end;
};

const spawnBatches = async (n, { batch }) => {
  let ran = 0;
  const task = async () => {
    await undefined;
    ran++;
  };
  while (ran < n) {
    for (let i = 0; i < batch; i++) task();
    await undefined;
  }
  return ran;
};

async function leaf(number, size) {
  await undefined;
  if (size === 1) return number;
  const part = size / 10;
  const children = [];
  for (let i = 0; i < 10; i++) children.push(leaf(number + i * part, part));
  let sum = 0;
  for (const child of children) sum += await child;
  return sum;
}

export const programs = { "spawn-burst": spawnBurst, "spawn-batches": spawnBatches, skynet: (n) => leaf(0, n) };
