import { library } from "../../tsup.base.ts";

export default library({ index: "src/index.ts", register: "src/register.ts" });
