// What a user writes.
import { operations } from "@gr/core/eslint";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig({
  files: ["**/*.ts"],
  extends: [tseslint.configs.base, operations],
  languageOptions: { parserOptions: { projectService: true } },
});
