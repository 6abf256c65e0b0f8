import { localKinds, syncKinds } from "../src/op-kinds.ts";
import { opSuite } from "../src/op-suite.ts";

opSuite(localKinds);
opSuite(syncKinds);
