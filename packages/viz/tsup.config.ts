import { type Build, library } from "../../tsup.base.ts";

const build: Build = library({ index: "src/index.ts", register: "src/register.ts" });
export default build;
