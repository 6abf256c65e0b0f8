import { dumpSuite } from "../src/dump-suite.ts";
import { memorySuite } from "../src/memory-suite.ts";

memorySuite();
dumpSuite();
