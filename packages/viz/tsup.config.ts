import { type Build, library } from "../../tsup.base.ts";

const build: Build = library({ index: "src/index.ts", register: "src/register.ts", viewer: "src/viewer.ts" });
export default build;
