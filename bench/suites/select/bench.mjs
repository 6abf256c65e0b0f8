// select on one thread. One operation is one select, unless the title says otherwise.
export const order = 20;

const rows = [{ against: "go" }];
const count = (n) => n;
const both = { gr: {}, go: {} };

export const benchmarks = [
  {
    name: "select-blocking",
    title: "select over two unbuffered channels that another goroutine feeds in turn",
    tags: ["headline"],
    n: 3_000_000,
    expect: count,
    sides: { ...both, "ts-chan": { scale: 10, rounds: 3 } },
    rows: [...rows, { against: "ts-chan" }],
  },
  {
    name: "select-ready",
    title: "select over two channels that are both ready; the value goes back",
    unit: "ns/select and send",
    tags: ["headline"],
    n: 5_000_000,
    expect: count,
    sides: { ...both, "ts-chan": { scale: 10, rounds: 3 } },
    rows: [...rows, { against: "ts-chan" }],
  },
  {
    name: "select-uncontended",
    rule: "B7",
    title: "a value goes between two 1-buffered channels of one goroutine",
    unit: "ns/select and send",
    n: 5_000_000,
    expect: count,
    sides: both,
    rows,
  },
  {
    name: "select-sync-contended",
    rule: "B8",
    title: "one goroutine selects among three sends, another among three receives",
    n: 2_000_000,
    expect: count,
    sides: both,
    rows,
  },
  {
    name: "select-async-contended",
    rule: "B9",
    title: "four goroutines move values between two shared channels of capacity 4",
    unit: "ns/select and send",
    n: 5_000_000,
    expect: count,
    sides: both,
    rows,
  },
  {
    name: "select-nonblock",
    rule: "B10",
    title: "four non-blocking operations: two that fail, two that succeed",
    unit: "ns/four operations",
    n: 10_000_000,
    expect: (n) => 2 * n - 1,
    sides: both,
    rows,
  },
  {
    name: "select-prod-cons",
    rule: "B11",
    title: "producer and consumer, capacity 128, whose selects also watch an hour's timer and a close; work 100 each",
    unit: "ns/item",
    n: 2_000_000,
    expect: count,
    sides: both,
    rows,
  },
  {
    name: "chan-popular",
    rule: "B16",
    title: "1000 goroutines select a shared quiet channel or their own; all are woken, again and again",
    unit: "ns/wake",
    n: 2_000_000,
    expect: count,
    sides: both,
    rows,
  },
];
