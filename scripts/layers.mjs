// The table of layers, as data: which package may import which, and which names it may not use.
// The picture and the reasons are in docs/architecture.md.

/** What the source of each package may import of its siblings. A packed package must work with these alone. */
export const layers = {
  "@gr/shm": [],
  "@gr/core": [],
  "@gr/chan": ["@gr/core", "@gr/shm"],
  "@gr/threads": ["@gr/core", "@gr/shm"],
  "@gr/sync": ["@gr/core", "@gr/shm"],
  "@gr/context": ["@gr/core", "@gr/chan"],
  "@gr/testing": ["@gr/core"],
  "@gr/viz": ["@gr/core", "@gr/shm"],
  "@gr/explore": [],
};

/** These may import anything, and nothing may import them. `@gr/conformance` alone of them may use the inner door. */
export const consumers = ["@gr/conformance", "bench", "playground", "scripts"];

/** The inner door between siblings. */
export const innerDoor = "@gr/core/internal";

/** Any test, and no source, may import the engines that enumerate schedules and interleavings. */
export const testsOnly = "@gr/explore";

/** Packages that run in any JavaScript host: their source imports nothing of Node but types. */
export const anyHost = ["@gr/shm", "@gr/core", "@gr/chan", "@gr/sync", "@gr/context"];

/** Names of the world that a package's source may use only in some of its files. */
export const restrictedNames = [
  {
    packages: ["@gr/shm"],
    names: ["Atomics"],
    // The model tests replace this one file, and so see every atomic operation.
    except: (file) => file === "atomics.ts",
  },
  {
    packages: ["@gr/core"],
    names: ["Atomics", "Worker", "setTimeout", "setInterval", "setImmediate", "performance", "Date.now", "process"],
    // The files that implement core's Host: host.ts, event-loop-host.ts, node-host.ts, …
    except: (file) => file.split("/").at(-1).slice(0, -3).split("-").includes("host"),
  },
];

/** The closure of a row: everything that an installation of this package brings along. */
export function rowOf(name) {
  const row = new Set();
  const visit = (each) => {
    for (const below of layers[each] ?? []) {
      if (row.has(below)) continue;
      row.add(below);
      visit(below);
    }
  };
  visit(name);
  return [...row].sort();
}
