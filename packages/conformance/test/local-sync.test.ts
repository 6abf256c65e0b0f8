import { localMaker } from "../src/local.ts";
import { mutexSuite, waitGroupSuite } from "../src/sync-suite.ts";

const make = localMaker();
waitGroupSuite(make);
mutexSuite(make);
