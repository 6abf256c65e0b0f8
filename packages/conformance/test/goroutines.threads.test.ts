import { overThreads, staying } from "../src/over-threads.ts";
import { schedSuite } from "../src/sched-suite.ts";
import { unwindSuite } from "../src/unwind-suite.ts";

overThreads({
  goroutines: staying("its endless ping-pong pairs live where they were placed, together or apart", schedSuite),
  unwinding: unwindSuite,
});
