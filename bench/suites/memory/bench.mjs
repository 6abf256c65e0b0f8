// What goroutines that wait cost in memory.
export const order = 40;

const count = (n) => n;

const parked = (name, title, params) => ({
  name,
  title,
  rounds: 5,
  metric: "bytes",
  unit: "B/goroutine",
  tags: ["headline"],
  n: 1_000_000,
  warm: 0,
  program: "parked-bytes",
  params,
  flags: ["--expose-gc", "--max-old-space-size=8192"],
  expect: count,
  sides: { gr: {}, go: {} },
  rows: [{ against: "go" }],
});

export const benchmarks = [
  parked("parked-bytes", "bytes per goroutine that waits on a channel", {}),
  parked("parked-bytes-registered", "the same some seconds later, when every one is registered for leak reports", {
    registered: true,
  }),
  {
    name: "million-sleepers",
    title: "a million tasks that sleep 10 s each: peak of resident memory",
    metric: "rss",
    rounds: 3,
    tags: ["headline", "slow"],
    n: 1_000_000,
    quick: 20_000,
    warm: 0,
    params: { sleepMs: 10_000 },
    quickParams: { sleepMs: 200 },
    flags: ["--max-old-space-size=8192"],
    expect: count,
    sides: { gr: {}, go: {}, promises: {}, nothing: { rounds: 1 } },
    rows: [{ against: "go" }, { against: "promises" }],
  },
];
