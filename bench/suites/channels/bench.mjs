// Channels on one thread. One operation is one value that went through, unless the title says otherwise.
import { workSum } from "../../lib/work.mjs";

export const order = 10;

const go = [{ against: "go" }];
const count = (n) => n;
// No goal is about these, so three rounds will do.
const peers = {
  promises: { rounds: 3 },
  "ts-chan": { scale: 10, rounds: 3 },
  csp: { scale: 10, rounds: 3 },
  effect: { scale: 10, rounds: 3 },
  nothing: { rounds: 1 },
};
// Filling and emptying a buffer is where they are slowest.
const slowPeers = {
  ...peers,
  promises: { scale: 8, rounds: 3 },
  "ts-chan": { scale: 200, rounds: 3 },
  effect: { scale: 40, rounds: 3 },
};
const versusPeers = [...go, ...["promises", "ts-chan", "csp", "effect"].map((against) => ({ against }))];

const prodCons = (name, rule, cap, work, n, more = {}) => ({
  name,
  rule,
  title: `one producer, one consumer, capacity ${cap}${work > 0 ? `, ${work} rounds of arithmetic per item on each side` : ""}`,
  program: "prod-cons",
  n,
  params: { cap, work },
  expect: (items) => items + workSum(items, work),
  sides: { gr: {}, go: {}, ...more },
  rows: more.promises ? versusPeers : go,
});

export const benchmarks = [
  {
    name: "chan-ping",
    rule: "B17",
    title: "a token goes to and fro over two unbuffered channels",
    unit: "ns/round trip",
    tags: ["headline"],
    n: 3_000_000,
    expect: count,
    sides: { gr: {}, go: {}, ...peers },
    rows: versusPeers,
  },
  { ...prodCons("prod-cons-0", "B6", 0, 0, 5_000_000, { ...peers, generators: { rounds: 3 } }), tags: ["headline"] },
  prodCons("prod-cons-10", "B6", 10, 0, 8_000_000),
  { ...prodCons("prod-cons-100", "B6", 100, 0, 8_000_000, slowPeers), tags: ["headline"] },
  prodCons("prod-cons-work-0", "B6", 0, 100, 3_000_000),
  prodCons("prod-cons-work-10", "B6", 10, 100, 3_000_000),
  prodCons("prod-cons-work-100", "B6", 100, 100, 3_000_000),
  {
    name: "chan-make",
    rule: "B1",
    title: "make a channel of capacity 8",
    unit: "ns/channel",
    n: 10_000_000,
    expect: (n) => 8 * n,
    sides: { gr: {}, go: {} },
    rows: go,
  },
  {
    name: "chan-creation",
    rule: "B13",
    title: "make a channel of capacity 1, send, receive",
    unit: "ns/channel",
    n: 8_000_000,
    expect: count,
    sides: { gr: {}, go: {} },
    rows: go,
  },
  {
    name: "chan-nonblocking",
    rule: "B2",
    title: "a non-blocking receive that fails",
    n: 50_000_000,
    expect: () => 0,
    sides: { gr: {}, go: {} },
    rows: go,
  },
  {
    name: "chan-closed",
    rule: "B15",
    title: "a non-blocking receive from a closed channel",
    n: 50_000_000,
    expect: count,
    sides: { gr: {}, go: {} },
    rows: go,
  },
  {
    name: "chan-uncontended",
    rule: "B3",
    title: "100 sends, then 100 receives, on a channel of its own",
    n: 20_000_000,
    expect: count,
    sides: { gr: {}, go: {} },
    rows: go,
  },
  {
    name: "chan-contended",
    rule: "B4",
    title: "the same by four goroutines on one shared channel of capacity 400",
    n: 20_000_000,
    expect: count,
    sides: { gr: {}, go: {} },
    rows: go,
  },
  ...[0, 1000].map((work) => ({
    name: work === 0 ? "chan-sync" : "chan-sync-work",
    rule: "B5",
    title: `two goroutines take turns on one unbuffered channel${work === 0 ? "" : ", 1000 rounds of arithmetic after each operation"}`,
    unit: "ns/send and receive",
    program: "chan-sync",
    n: work === 0 ? 4_000_000 : 400_000,
    params: { work },
    expect: (n) => n + workSum(n * 2, work),
    sides: { gr: {}, go: {} },
    rows: go,
  })),
  {
    name: "chan-closed-range",
    rule: "B12",
    title: "range over values that were buffered before the close",
    n: 10_000_000,
    expect: (n) => (n * (n - 1)) / 2,
    sides: { gr: {}, go: {} },
    rows: go,
  },
  {
    name: "chan-sem",
    rule: "B14",
    title: "a channel of capacity 1 as a semaphore, four goroutines",
    n: 10_000_000,
    expect: count,
    sides: { gr: {}, go: {} },
    rows: go,
  },
  {
    name: "thread-ring",
    rule: "B25",
    title: "a token goes round a ring of 503 goroutines",
    unit: "ns/hop",
    tags: ["headline"],
    n: 5_000_000,
    expect: (n) => (n % 503) + 1,
    sides: { gr: {}, go: {} },
    rows: go,
  },
];
