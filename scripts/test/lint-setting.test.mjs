// The lint setting that @gr/core ships, under the real linter and against the built declarations: it finds an operation
// that was made and not used, and nothing else; a forgotten star is the compiler's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { operations } from "@gr/core/eslint";
import { ESLint } from "eslint";
import ts from "typescript";
import tseslint from "typescript-eslint";
import { repositoryRoot as root } from "../workspaces.mjs";

const folder = join(root, "scripts", "lint");
const sample = join(folder, "sample.ts");
const lines = readFileSync(sample, "utf8").split("\n");

/** The numbers of the sample's lines with this mark. */
const marked = (mark) => lines.flatMap((line, i) => (line.endsWith(` // ${mark}`) ? [i + 1] : []));

async function floating(setting) {
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [
      tseslint.configs.base,
      { ...setting, files: ["**/*.ts"], languageOptions: { parserOptions: { projectService: true } } },
    ],
  });
  const [{ messages }] = await eslint.lintFiles([sample]);
  assert.deepEqual([...new Set(messages.map(({ ruleId }) => ruleId))], ["@typescript-eslint/no-floating-promises"]);
  return messages.map(({ line }) => line);
}

test("an operation that is a statement of its own is found, and no other line", async () => {
  assert.ok(marked("lint").length > 10);
  assert.deepEqual(await floating(operations), marked("lint"));
});

test("without its options the rule finds promises alone, so they are what the setting is for", async () => {
  const bare = { rules: { "@typescript-eslint/no-floating-promises": "error" } };
  const found = await floating(bare);
  assert.deepEqual(
    found.map((n) => lines[n - 1].trim()),
    ["run(used); // lint"],
  );
});

test("a forgotten star is an error of types, and the setting is one that ESLint's own types accept", () => {
  const { config } = ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
  const places = found.map(({ file, start }) => [file?.fileName, file?.getLineAndCharacterOfPosition(start).line + 1]);
  assert.deepEqual(
    places.sort(([, a], [, b]) => a - b),
    marked("types").map((line) => [sample, line]),
    found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")).join("\n"),
  );
});
