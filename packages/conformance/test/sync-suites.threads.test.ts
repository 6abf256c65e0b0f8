import { overThreads } from "../src/over-threads.ts";
import { mutexSuite, waitGroupSuite } from "../src/sync-suite.ts";

// What passes between Ms here is mostly no value of a channel.
overThreads(
  (make) => {
    waitGroupSuite(make);
    mutexSuite(make);
  },
  { across: false },
);
