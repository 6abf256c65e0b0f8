import { goldenSuite } from "../src/golden-suite.ts";

goldenSuite();
