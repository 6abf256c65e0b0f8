import { localMaker } from "../src/local.ts";
import { schedSuite } from "../src/sched-suite.ts";
import { unwindSuite } from "../src/unwind-suite.ts";

const make = localMaker();
schedSuite(make);
unwindSuite(make);
