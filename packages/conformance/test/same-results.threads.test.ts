import { sameResultsSuite } from "../src/same-results.ts";

sameResultsSuite([1, 2, 3]);
