import { type Config, tests } from "../vitest.base.ts";

const config: Config = tests(["test/**/*.test.mjs"]);
export default config;
