// @gr/sync on one thread. One operation is one lock and release, or one step of the group, unless the title says otherwise.
import { workSum } from "../../lib/work.mjs";

export const order = 35;

const rounds = 5;
const sync = (name, rule, title, n, more = {}) => ({
  name,
  rule,
  title,
  rounds,
  n,
  expect: (count) => count,
  sides: { gr: {}, go: {} },
  rows: [{ against: "go" }],
  ...more,
});

export const benchmarks = [
  sync("mutex-uncontended", "B29", "lock and release a mutex that nobody else wants", 10_000_000),
  sync("mutex-contended", "B29", "ten goroutines lock one mutex, and each yields while it holds it", 1_000_000, {
    params: { width: 10 },
  }),
  sync("mutex-work", "B29", "four goroutines lock one mutex; 100 rounds of arithmetic between two locks", 2_000_000, {
    params: { width: 4, work: 100 },
    expect: (n) => n + workSum(n, 100),
  }),
  sync("wait-group-uncontended", "B31", "add, done, wait on a group of its own", 10_000_000),
  sync("wait-group-add-done", "B31", "add and done on one group", 50_000_000),
  sync("wait-group-wait", "B31", "wait for a group that is at zero", 20_000_000),
  ...[
    ["wait-group-add-done-work", "add, 100 rounds of arithmetic, done on one group"],
    ["wait-group-wait-work", "wait for a group that is at zero, then 100 rounds of arithmetic"],
  ].map(([name, title]) =>
    sync(name, "B31", title, 3_000_000, { params: { work: 100 }, expect: (n) => workSum(n, 100) }),
  ),
  sync("wait-group-go", "B31", "goroutines started by a group, 1000 at a time, and waited for", 2_000_000, {
    unit: "ns/goroutine",
    params: { batch: 1000 },
  }),
];
