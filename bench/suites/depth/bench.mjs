// Deep stacks of calls inside one goroutine.
export const order = 50;

const expect = (n) => n;

export const benchmarks = [
  {
    name: "call-depth",
    title: "resume of a goroutine that is 1,000 frames of call() deep, over one that is 1 deep",
    unit: "ns/resume",
    tags: ["headline"],
    n: 5_000_000,
    params: { depth: 1000 },
    expect,
    sides: {
      gr: {},
      "gr-depth-1": { from: "gr", params: { depth: 1 } },
      "yield-star": { scale: 50, rounds: 3 },
    },
    rows: [{ id: "call-depth/itself", of: "gr", against: "gr-depth-1" }, { against: "yield-star" }],
  },
];
