// What a bundler makes of small programs. The size is the same on every machine, so one round is enough.
export const order = 5;

const size = (name, title, params) => ({
  name,
  title,
  metric: "value",
  unit: "KB",
  tags: ["headline"],
  rounds: 1,
  steady: true,
  n: 1,
  quick: 1,
  warm: 0,
  program: "bundle-size",
  params,
  sides: { bundle: {} },
  rows: [{ id: `${name}/kb`, absolute: "bundle" }],
});

export const benchmarks = [
  size("size-core", "a hello with a goroutine, bundled, minified and zipped", { hello: "core" }),
  size("size-chan", "what a channel and a select add to it", { hello: "chan", over: "core" }),
  size("size-sync", "what a WaitGroup and a Mutex add to it", { hello: "sync", over: "core" }),
  size("size-threads", "what threads add to it", { hello: "threads", over: "core" }),
  {
    ...size("size-shared-chan", "what a program with a channel loads when threads start, threads left out", {
      hello: "chan",
      over: "chan",
      all: true,
    }),
    tags: [],
    rows: [],
  },
];
