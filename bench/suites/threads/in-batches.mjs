/** Runs n tasks of `start(x)`, a promise each, `batch` at a time; the sum of their results. */
export async function inBatches(n, batch, start) {
  let sum = 0;
  for (let next = 0; next < n; ) {
    const tasks = [];
    for (let i = 0; i < batch && next < n; i++) tasks.push(start(next++));
    for (const result of await Promise.all(tasks)) sum += result;
  }
  return sum;
}
