// What the engine itself costs: the floor under every other number here. Measured in one process, by mitata.
export const order = 90;

const limit = (name, title, unit) => ({
  name,
  title,
  unit,
  n: 1,
  quick: 1,
  warm: 0,
  flags: ["--expose-gc"],
  sides: { engine: {} },
});

export const benchmarks = [
  limit("limit-call", "a call of a function that is not inlined", "ns/call"),
  limit("limit-resume", "resume of a bare generator", "ns/resume"),
  limit("limit-resume-nested", "resume of a generator inside another's yield*", "ns/resume"),
  limit("limit-generator", "make a generator, run it to its end", "ns/generator"),
  limit("limit-await", "await of a value that is there", "ns/await"),
  limit("limit-atomic-add", "Atomics.add on shared memory", "ns/operation"),
  {
    name: "limit-futex",
    title: "Atomics.notify wakes another thread, which wakes this one",
    unit: "ns/round trip",
    n: 50_000,
    sides: { engine: {} },
    expect: (n) => n,
  },
];
