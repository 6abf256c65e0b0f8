// What the runtime itself costs and does: the take-over from a stuck M, sleep, threads, the trace.
export const order = 75;

const idle = (name, title, unit, what) => ({
  name,
  title,
  metric: "value",
  unit,
  program: "idle",
  tags: ["headline"],
  rounds: 5,
  n: 1500,
  quick: 300,
  warm: 0,
  procs: 4,
  params: { what },
  sides: { gr: {} },
  rows: [{ id: `${name}/itself`, absolute: "gr" }],
});

const traced = (trace) => ({ from: "gr", params: { trace } });

export const benchmarks = [
  {
    name: "take-over",
    title:
      "two Ms are stuck, main is one of them: until others have run all that the second had queued; 90th percentile",
    metric: "value",
    unit: "ms",
    tags: ["headline"],
    rounds: 5,
    n: 10,
    quick: 2,
    warm: 1,
    procs: 2,
    params: { queued: 20, stuckMs: 2000 },
    sides: { gr: {} },
    rows: [{ id: "take-over/ms", absolute: "gr" }],
  },
  idle("idle-cpu", "a program of four Ms in which nothing happens: share of a core that it uses", "% of a core", "cpu"),
  idle("idle-wake-ups", "the same: how often one of its threads is woken", "wake-ups/s", "switches"),
  {
    name: "trace-cost",
    title: "a switch after 5 µs of work: never traced; after a trace has ended; while level sched records",
    unit: "ns/switch",
    program: "switches",
    tags: ["headline"],
    n: 200_000,
    params: { work: 3000 },
    expect: (n) => n,
    sides: { "gr-never": traced("never"), "gr-ended": traced("ended"), "gr-sched": traced("sched") },
    rows: [
      { id: "trace-cost/off", of: "gr-ended", against: "gr-never" },
      { id: "trace-cost/sched", of: "gr-sched", against: "gr-never" },
    ],
  },
  {
    name: "thread-bytes",
    title: "resident memory of an OS thread: an M; an empty worker; a thread of Go",
    metric: "bytes",
    unit: "B/thread",
    rounds: 5,
    n: 8,
    quick: 2,
    warm: 0,
    expect: (n) => n,
    sides: { gr: {}, "empty-worker": {}, go: {} },
    rows: [{ against: "empty-worker" }, { against: "go" }],
  },
];
