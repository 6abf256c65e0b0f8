// Whole programs on two Ps: files are read, parsed and added up. (The third whole program, the sieve, is in spawn.)
export const order = 80;

const sides = { gr: {}, go: {}, "one-thread": {}, piscina: {} };
const rows = [{ against: "go" }, { against: "one-thread" }, { against: "piscina" }];
const expect = (_n, work) => work.expected;

export const benchmarks = [
  {
    name: "indexing",
    title: "the README's job: count the words of many text files, a goroutine for each",
    metric: "ms",
    n: 400,
    quick: 20,
    data: "texts",
    procs: 2,
    expect,
    sides,
    rows,
  },
  {
    name: "json-pool",
    title: "a pool of workers takes JSON files from a channel, parses them and adds up the orders",
    metric: "ms",
    n: 200,
    quick: 20,
    data: "json",
    procs: 2,
    params: { width: 4 },
    expect,
    sides,
    rows,
  },
];
