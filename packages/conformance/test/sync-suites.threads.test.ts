import { overThreads } from "../src/over-threads.ts";
import { mutexSuite, waitGroupSuite } from "../src/sync-suite.ts";

overThreads({ "wait groups": waitGroupSuite, mutexes: mutexSuite });
