import { type Build, library } from "../../tsup.base.ts";

const build: Build = library(
  { index: "src/index.ts", internal: "src/internal.ts", eslint: "src/eslint.ts" },
  undefined,
  ["stacks", "run-sync", "virtual-host"],
);
export default build;
