import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { analyse } from "../src/analyse.ts";
import { readGrt } from "../src/grt-read.ts";

const folder = mkdtempSync(join(tmpdir(), "gr viz "));
afterAll(() => rmSync(folder, { recursive: true }));

const dist = (name: string): string => pathToFileURL(fileURLToPath(new URL(`../dist/${name}`, import.meta.url))).href;
const program = fileURLToPath(new URL("./fixtures/program.mjs", import.meta.url));

function traced(file: string | undefined): { status: number | null; stderr: string } {
  const { GRTRACE: _, ...env } = process.env;
  const options = { encoding: "utf8", env: file === undefined ? env : { ...env, GRTRACE: file } } as const;
  return spawnSync(process.execPath, ["--import", dist("register.js"), program], options);
}

test("--import @gr/viz/register writes the program's trace to the file that GRTRACE names", () => {
  const file = join(folder, "trace.grt");
  expect(traced(file)).toMatchObject({ status: 0, stderr: "" });
  const trace = readGrt(readFileSync(file));
  expect(analyse(trace).ended).toBe(4);
  expect(trace.header.host).toBe(`node ${process.versions.node}`);
  expect(trace.header.cores).toBe(availableParallelism());
});

test("a name that ends in .json gets the Chrome format", () => {
  const file = join(folder, "trace.json");
  expect(traced(file)).toMatchObject({ status: 0, stderr: "" });
  const { traceEvents } = JSON.parse(readFileSync(file, "utf8")) as { traceEvents: { name: string }[] };
  expect(traceEvents.some((e) => e.name === "G2 worker")).toBe(true);
});

test("without GRTRACE nothing is written", () => {
  expect(traced(undefined)).toMatchObject({ status: 0, stderr: "" });
});

test("the viewer can be imported where there are no elements", async () => {
  const viewer = (await import(dist("viewer.js"))) as { TraceViewerElement: unknown };
  expect(viewer.TraceViewerElement).toBeTypeOf("function");
});
