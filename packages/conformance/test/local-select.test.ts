import { localMaker } from "../src/local.ts";
import { selectFormsSuite } from "../src/select-forms-suite.ts";
import { selectRaceSuite } from "../src/select-race-suite.ts";
import { selectSuite } from "../src/select-suite.ts";

const make = localMaker();
selectSuite(make);
selectFormsSuite(make);
selectRaceSuite(make);
