import { localKinds } from "../src/local-op-kinds.ts";
import { opSuite } from "../src/op-suite.ts";
import { syncKinds } from "../src/sync-op-kinds.ts";

opSuite(localKinds);
opSuite(syncKinds);
