// The tests over threads, without the report that is counted; see planted-shared.mjs.
import { defineConfig } from "vitest/config";
import type { Config } from "../../vitest.base.ts";
import tests from "./vitest.config.ts";

const { reporters: _, ...test } = tests.test ?? {};
const config: Config = defineConfig({ test: { ...test, dangerouslyIgnoreUnhandledErrors: true } });
export default config;
