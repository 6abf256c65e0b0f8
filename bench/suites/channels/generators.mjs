// An async generator as the producer, `for await` as the consumer.
async function* produce(n) {
  for (let i = 0; i < n; i++) yield 1;
}

export const programs = {
  async "prod-cons"(n) {
    let sum = 0;
    for await (const item of produce(n)) sum += item;
    return sum;
  },
};
