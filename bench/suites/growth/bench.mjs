// How costs grow: the same program over a range of sizes. Each series is a curve on the report page.
import { work } from "../../lib/work.mjs";

export const order = 100;

const count = (n) => n;
const both = { gr: {}, go: {} };
const only = (from, to, step) => {
  const xs = [];
  for (let x = from; x <= to; x *= step) xs.push(x);
  return xs;
};

/** One benchmark for each x, all of one series. */
const series = (name, title, axis, xs, make) =>
  xs.map((x) => ({ name: `${name}-${x}`, title: `${title}: ${x}`, series: { name, title, axis }, x, ...make(x) }));

const CPU_ROUNDS = 1_000_000;

export const benchmarks = [
  ...series(
    "grow-goroutines",
    "cost of a goroutine by how many are started at once",
    "goroutines",
    only(1e3, 1e7, 10),
    (x) => ({
      suite: "spawn",
      program: "spawn-batches",
      unit: "ns/goroutine",
      n: Math.max(1e6, x),
      quick: Math.min(x, 1e4),
      params: { batch: x },
      flags: ["--max-old-space-size=12288"],
      expect: count,
      // Ten million goroutines of Go need 26 GB.
      sides: x > 1e6 ? { gr: {} } : both,
    }),
  ),
  ...series(
    "grow-parked",
    "bytes of a goroutine that waits, by how many wait",
    "goroutines",
    only(1e3, 1e7, 10),
    (x) => ({
      suite: "memory",
      program: "parked-bytes",
      metric: "bytes",
      unit: "B/goroutine",
      n: x,
      quick: Math.min(x, 1e4),
      warm: 0,
      flags: ["--expose-gc", "--max-old-space-size=12288"],
      expect: count,
      sides: x > 1e6 ? { gr: {} } : both,
    }),
  ),
  ...series(
    "grow-capacity",
    "cost of a value by the channel's capacity",
    "capacity",
    [0, ...only(1, 4096, 4)],
    (x) => ({
      suite: "channels",
      program: "prod-cons",
      unit: "ns/value",
      n: 2_000_000,
      params: { cap: x, work: 0 },
      expect: count,
      sides: both,
    }),
  ),
  ...series("grow-select", "cost of a blocking select by its number of cases", "cases", only(1, 1024, 4), (x) => ({
    suite: "growth",
    program: "select-width",
    unit: "ns/select",
    n: Math.round(2_000_000 / x),
    params: { width: x },
    expect: count,
    sides: both,
  })),
  ...series("grow-depth", "cost of a resume by the depth of call()", "frames", only(1, 1e5, 10), (x) => ({
    suite: "depth",
    program: "call-depth",
    unit: "ns/resume",
    n: 2_000_000,
    params: { depth: x },
    expect: count,
    sides: { gr: {} },
  })),
  ...series("grow-threads", "time of CPU-bound work by the number of Ps", "Ps", only(1, 64, 2), (x) => ({
    suite: "threads",
    program: "cpu-bound",
    metric: "ms",
    n: 400,
    quick: 16,
    warm: 16,
    procs: x,
    params: { work: CPU_ROUNDS },
    expect: (n) => n * work(CPU_ROUNDS),
    sides: both,
  })),
];
