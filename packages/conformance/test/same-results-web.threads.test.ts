// The ten programs in a browser: on a page's own thread and on Web Workers they give what Node gives.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@gr/core";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { tenPrograms } from "../src/ten-programs.ts";
import type { Outcome } from "./browser/main.ts";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const PAGE = '<!doctype html><title>ten programs</title><script type="module" src="/main.js"></script>';
const ISOLATION = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

const source = (name: string): string => fileURLToPath(new URL(`./browser/${name}.ts`, import.meta.url));

/** What is served, by path. */
const files = new Map<string, string>([["/", PAGE]]);
const fromNode: Record<string, unknown> = {};
let browser: Browser;
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function served(headers: Readonly<Record<string, string>>): Promise<string> {
  const server = createServer(({ url = "/" }, response) => {
    const body = files.get(url);
    const type = url === "/" ? "text/html" : "text/javascript";
    response.writeHead(body === undefined ? 404 : 200, { ...headers, "content-type": type });
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  undo.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function outcomeOf(headers: Readonly<Record<string, string>>): Promise<Outcome> {
  const page = await browser.newPage();
  undo.push(() => page.close());
  const failed = new Promise<never>((_, reject) => page.on("pageerror", reject));
  await page.goto(await served(headers));
  return (await Promise.race([failed, page.evaluate("outcome")])) as Outcome;
}

const skipped = !existsSync(CHROMIUM) && process.env.CI !== "true";
describe.skipIf(skipped)(`ten programs in Chromium${skipped ? ` (skipped: no ${CHROMIUM})` : ""}`, () => {
  beforeAll(async () => {
    const entryPoints = [source("main"), source("worker")];
    const built = await build({ entryPoints, bundle: true, minify: true, format: "esm", outdir: "/", write: false });
    for (const { path, text } of built.outputFiles) files.set(`/${basename(path)}`, text);
    for (const [name, program] of tenPrograms) fromNode[name] = await run(program);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });
  afterAll(() => browser?.close());

  test("on the page's thread they give what Node gives", async () => {
    const { isolated, results, started } = await outcomeOf({});
    expect(isolated).toBe(false);
    expect(started).toEqual([]);
    expect(results).toEqual(fromNode);
  });

  test("on Web Workers they give the same", async () => {
    const { isolated, results, started } = await outcomeOf(ISOLATION);
    expect(isolated).toBe(true);
    // The page starts none (it must stay free), each worker some.
    expect(started[0]).toBe(0);
    expect(started.filter((n) => n > 0).length).toBeGreaterThanOrEqual(2);
    expect(results).toEqual(fromNode);
  });
});
