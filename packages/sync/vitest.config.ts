import { type Config, tests } from "../../vitest.base.ts";

const config: Config = tests();
export default config;
