import { overThreads } from "../src/over-threads.ts";
import { schedSuite } from "../src/sched-suite.ts";
import { unwindSuite } from "../src/unwind-suite.ts";

overThreads(
  (make) => {
    schedSuite(make);
    unwindSuite(make);
  },
  { across: false },
);
