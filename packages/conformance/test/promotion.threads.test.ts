import { overThreads } from "../src/over-threads.ts";
import { promotionSuite } from "../src/promotion-suite.ts";

overThreads({ "handing over": promotionSuite });
