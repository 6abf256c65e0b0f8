import { localMaker } from "../src/local.ts";
import { programSuite } from "../src/program-suite.ts";

programSuite(localMaker());
