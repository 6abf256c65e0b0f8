import { type Build, library } from "../../tsup.base.ts";

const build: Build = library(
  { index: "src/index.ts", worker: "src/worker.ts", "worker-entry": "src/worker-entry.ts" },
  { index: "src/index.ts", worker: "src/worker.ts" },
);
export default build;
