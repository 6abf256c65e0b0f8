// Timers, with 32,768 far timers pending as ballast.
export const order = 60;

const rows = [{ against: "go" }];
const timers = (name, title, n, more = {}) => ({
  name,
  rule: "B35",
  title,
  n,
  params: { ballast: 32_768, batch: 1000 },
  expect: (count) => count,
  sides: { gr: {}, go: {} },
  rows,
  ...more,
});

export const benchmarks = [
  timers("timer-after-func-chain", "each function that a timer runs sets the next, at once", 500_000),
  timers("timer-after", "wait for a timer of a nanosecond", 500_000),
  timers("timer-stop", "make a timer of an hour and stop it", 5_000_000),
  timers("timer-after-func-batch", "1000 functions that are due at once, waited for together", 1_000_000),
  timers("timer-start-stop", "1000 functions an hour away are set, then stopped", 2_000_000),
  timers("timer-reset", "set a timer to an hour again", 10_000_000),
  timers("timer-sleepers", "1000 goroutines that each sleep a nanosecond, waited for together", 1_000_000),
  timers("timer-ticker", "receive from a ticker that is always due", 500_000, {
    params: { ballast: 32_768, batch: 1 },
  }),
  {
    name: "timer-lateness",
    title: "how late a host timer of 1 ms is while 10,000 goroutines play ping-pong: 99th percentile",
    metric: "value",
    unit: "ms",
    tags: ["headline"],
    n: 300,
    rounds: 5,
    warm: 0,
    params: { pairs: 5000 },
    sides: { gr: {}, nothing: { rounds: 1 } },
    rows: [{ id: "timer-lateness/ms", absolute: "gr" }],
  },
];
