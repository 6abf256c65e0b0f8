import { overThreads } from "../src/over-threads.ts";
import { promotionSuite } from "../src/promotion-suite.ts";

// The goroutines that wait are main's own, so many of the values stay there.
overThreads(promotionSuite, { across: false });
