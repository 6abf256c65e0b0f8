import { chanSuite } from "../src/chan-suite.ts";
import { closeSuite } from "../src/close-suite.ts";
import { overThreads } from "../src/over-threads.ts";

overThreads({ channels: chanSuite, close: closeSuite });
