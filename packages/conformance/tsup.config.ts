import { type Build, library } from "../../tsup.base.ts";

// What workers import: the bodies of the suites. Tests over threads load the same files.
const programs = [
  "anchor",
  "classics",
  "classics-parallel",
  "lanes",
  "life",
  "pairings",
  "order",
  "plumbing",
  "pour",
  "power-series",
  "rational",
  "selects",
  "sieves",
  "soak",
  "steps",
  "stress",
  "syncing",
];

const entry: Record<string, string> = { task: "src/task.ts", soak: "src/soak.ts" };
for (const name of programs) entry[`programs/${name}`] = `src/programs/${name}.ts`;

const build: Build = { ...(library(entry) as object), dts: false };
export default build;
