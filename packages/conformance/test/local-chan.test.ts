import { chanSuite } from "../src/chan-suite.ts";
import { closeSuite } from "../src/close-suite.ts";
import { localMaker } from "../src/local.ts";

const make = localMaker();
chanSuite(make);
closeSuite(make);
