import { overThreads } from "../src/over-threads.ts";
import { programSuite } from "../src/program-suite.ts";

overThreads({ programs: programSuite });
