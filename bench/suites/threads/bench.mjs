// Several threads. What one process keeps running (workers, pools) is started in the warm-up and not counted.
import { work } from "../../lib/work.mjs";

export const order = 70;

const count = (n) => n;
const pools = ["piscina", "tinypool", "workerpool", "poolifier"];
const poolSides = Object.fromEntries(pools.map((name) => [name, { scale: 10 }]));

// Two sides on one P and two on two: what is compared is how much the second P brings.
const speedUp = (name, title, more) => ({
  name,
  title,
  metric: "ms",
  rounds: 5,
  ...more,
  sides: {
    "gr-1P": { from: "gr", procs: 1 },
    "gr-2P": { from: "gr", procs: 2 },
    "go-1P": { from: "go", procs: 1 },
    "go-2P": { from: "go", procs: 2 },
  },
  rows: [{ id: `${name}/go-speed-up`, of: ["gr-1P", "go-2P"], against: ["gr-2P", "go-1P"] }],
});

const CPU_ROUNDS = 3_000_000;
const MS_ROUNDS = 600_000;

export const benchmarks = [
  {
    name: "portable-await",
    title: "tiny tasks on two threads, their results awaited, 10,000 in flight",
    unit: "ns/task",
    tags: ["headline"],
    rounds: 5,
    n: 400_000,
    quick: 4000,
    procs: 2,
    params: { batch: 10_000 },
    quickParams: { batch: 1000 },
    expect: (n) => (n * (n + 1)) / 2,
    sides: { gr: {}, ...poolSides, "post-message": {} },
    rows: [{ best: pools }, { against: "post-message" }],
  },
  {
    name: "portable-joined",
    title: "a million portable goroutines, all joined by one WaitGroup, on two Ps",
    unit: "ns/goroutine",
    tags: ["headline"],
    rounds: 5,
    n: 1_000_000,
    quick: 10_000,
    procs: 2,
    params: { memoryBytes: 1_500_000_000 },
    expect: count,
    // The same joined one by one, by their handles: what the group costs.
    sides: { gr: {}, "gr-handles": { from: "gr", program: "portable-handles", rounds: 3 }, go: {} },
    rows: [{ against: "go" }],
  },
  {
    name: "shared-chan-buffered",
    title: "integers to another thread: a channel of capacity 128; a MessagePort one way",
    unit: "ns/value",
    tags: ["headline"],
    n: 2_000_000,
    quick: 20_000,
    procs: 2,
    params: { cap: 128 },
    program: "shared-chan",
    expect: count,
    sides: { gr: {}, go: { rounds: 3 }, "message-port": {} },
    rows: [{ against: "message-port" }, { against: "go" }],
  },
  {
    name: "shared-chan-unbuffered",
    title: "integers to another thread: an unbuffered channel; a MessagePort there and back",
    unit: "ns/value",
    tags: ["headline"],
    rounds: 5,
    n: 250_000,
    quick: 2500,
    procs: 2,
    params: { cap: 0 },
    program: "shared-chan",
    expect: count,
    sides: { gr: {}, go: { rounds: 3 }, "message-port": { program: "round-trip", scale: 5 } },
    rows: [{ against: "message-port" }, { against: "go" }],
  },
  {
    name: "threads-ping",
    rule: "B17",
    title:
      "a token goes to another thread and back: two unbuffered channels; a MessagePort; Go on two Ps, also locked to threads",
    unit: "ns/round trip",
    rounds: 5,
    n: 200_000,
    quick: 2000,
    procs: 2,
    expect: count,
    sides: {
      gr: {},
      go: {},
      "go-threads": { from: "go", program: "threads-ping-locked" },
      "message-port": { program: "round-trip" },
    },
    rows: [{ against: "go-threads" }, { against: "message-port" }, { against: "go" }],
  },
  {
    name: "threads-ring",
    rule: "B25",
    title: "a token goes round a ring of 100 goroutines that lie on two threads",
    unit: "ns/hop",
    rounds: 5,
    n: 200_000,
    quick: 2000,
    procs: 2,
    params: { width: 100 },
    expect: (n) => (n % 100) + 1,
    sides: { gr: {}, go: {} },
    rows: [{ against: "go" }],
  },
  {
    name: "codec",
    title: "a small object cloned: the codec of @gr/shm; structuredClone",
    unit: "ns/object",
    tags: ["headline"],
    n: 500_000,
    expect: (n) => 3 * n,
    sides: { "gr-codec": {}, "structured-clone": {} },
    rows: [{ of: "gr-codec", against: "structured-clone" }],
  },
  speedUp("cpu-bound", "CPU-bound work on two Ps over one P, beside Go's own speed-up", {
    n: 400,
    quick: 8,
    warm: 8,
    params: { work: CPU_ROUNDS },
    expect: (n) => n * work(CPU_ROUNDS),
    tags: ["headline"],
  }),
  speedUp("sleep-and-cpu", "1000 portables that sleep 1 ms and compute 1 ms by turns, beside Go's own speed-up", {
    n: 1000,
    quick: 20,
    warm: 10,
    params: { work: MS_ROUNDS, batch: 4, sleepMs: 1 },
    expect: (n) => 4 * n * work(MS_ROUNDS),
    tags: ["headline"],
  }),
  speedUp("matmult", "fork and join: product of two matrices, split in halves down to blocks of 64", {
    rule: "B26",
    n: 768,
    quick: 128,
    warm: 128,
    params: { work: 64 },
    expect: (n) => matmultSum(n),
  }),
];

/** The sum of all elements of A B, where A[i][k] = (i + k) mod 4 and B[k][j] = (k + 2 j) mod 3. */
function matmultSum(n) {
  let sum = 0;
  for (let k = 0; k < n; k++) {
    let column = 0;
    let row = 0;
    for (let i = 0; i < n; i++) {
      column += (i + k) % 4;
      row += (k + 2 * i) % 3;
    }
    sum += column * row;
  }
  return sum;
}
