// The arithmetic that benchmarks with `work` do for each item; go/work.go is the same in Go.

/** `rounds` rounds of integer arithmetic that the compiler cannot leave out; its result is 0 … 1023. */
export function work(rounds) {
  let x = rounds;
  for (let i = 0; i < rounds; i++) x = (x * 5 + 1) & 1023;
  return x;
}

/** What `times` calls add up to. */
export const workSum = (times, rounds) => times * work(rounds);
