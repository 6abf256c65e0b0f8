import { overThreads } from "../src/over-threads.ts";
import { selectFormsSuite } from "../src/select-forms-suite.ts";
import { selectRaceSuite } from "../src/select-race-suite.ts";
import { selectSuite } from "../src/select-suite.ts";

overThreads({ select: selectSuite, "select forms": selectFormsSuite, "select races": selectRaceSuite });
