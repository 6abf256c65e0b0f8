import { schedulesSuite } from "../src/schedules-suite.ts";

schedulesSuite();
