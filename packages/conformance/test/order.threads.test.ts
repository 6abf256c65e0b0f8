import { orderSuite } from "../src/order-suite.ts";
import { overThreads } from "../src/over-threads.ts";

overThreads({ "memory order": orderSuite });
