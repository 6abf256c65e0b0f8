import { chanSuite } from "../src/chan-suite.ts";
import { localMaker } from "../src/local.ts";

chanSuite(localMaker());
