// Starting goroutines, and programs that start a great many.
export const order = 30;

const rows = [{ against: "go" }];
const count = (n) => n;

export const benchmarks = [
  {
    name: "spawn-burst",
    title: "a million goroutines, all started before the first one runs",
    unit: "ns/goroutine",
    tags: ["headline"],
    n: 1_000_000,
    expect: count,
    sides: {
      gr: {},
      go: {},
      promises: { rounds: 3 },
      effect: { scale: 10, rounds: 3 },
      effection: { scale: 100, rounds: 3 },
    },
    rows: [...rows, ...["promises", "effect", "effection"].map((against) => ({ against }))],
  },
  {
    name: "spawn-batches",
    title: "goroutines started and run in batches of 1000",
    unit: "ns/goroutine",
    tags: ["headline"],
    n: 4_000_000,
    params: { batch: 1000 },
    expect: count,
    sides: { gr: {}, go: {}, promises: { rounds: 3 } },
    rows: [...rows, { against: "promises" }],
  },
  {
    name: "spawn-chain",
    rule: "B20",
    title: "each goroutine starts its successor",
    unit: "ns/goroutine",
    n: 4_000_000,
    expect: count,
    sides: { gr: {}, go: {} },
    rows,
  },
  {
    name: "spawn-single",
    rule: "B22",
    title: "one producer starts goroutines that only count themselves done, 10,000 at a time",
    unit: "ns/goroutine",
    n: 4_000_000,
    program: "spawn-batches",
    params: { batch: 10_000 },
    expect: count,
    sides: { gr: {}, go: {} },
    rows,
  },
  {
    name: "spawn-linear",
    title: "cost per goroutine, ten million made, run and gone in batches of 1000, over one thousand",
    unit: "ns/goroutine",
    program: "spawn-batches",
    tags: ["headline"],
    rounds: 5,
    n: 10_000_000,
    params: { batch: 1000 },
    sides: { gr: {}, "gr-1k": { from: "gr", program: "spawn-thousands", scale: 10 }, go: {} },
    expect: count,
    rows: [{ id: "spawn-linear/itself", of: "gr", against: "gr-1k" }, ...rows],
  },
  {
    name: "skynet",
    title: "a tree of goroutines, ten children each, sums its leaves' numbers over channels",
    unit: "ns/leaf",
    tags: ["headline"],
    n: 1_000_000,
    expect: (n) => (n * (n - 1)) / 2,
    sides: { gr: {}, go: {}, promises: { rounds: 3 } },
    rows: [...rows, { against: "promises" }],
  },
  {
    name: "sieve",
    title: "prime sieve: a chain of filtering goroutines, to the 1000th prime",
    metric: "ms",
    tags: ["headline"],
    n: 1000,
    quick: 200,
    // The whole sieve is short, so the warm-up is as long as the work.
    warm: 1000,
    expect: (n) => ({ 100: 541, 200: 1223, 1000: 7919 })[n],
    // Go leaves the filters of a sieve behind, and they go on for a while: no warm-up there, or it would be measured too.
    sides: { gr: {}, go: { warm: 0 } },
    rows,
  },
];
