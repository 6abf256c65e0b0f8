import { timerSuite } from "../src/timer-suite.ts";

timerSuite();
