import { localMaker } from "../src/local.ts";
import { mutexSuite, syncStress, waitGroupSuite } from "../src/sync-suite.ts";

const make = localMaker();
waitGroupSuite(make);
mutexSuite(make);
syncStress(make, 100, 200, () => {});
