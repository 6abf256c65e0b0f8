// Applications that were bundled, with their own worker file: built by real bundlers, run by real hosts.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { afterEach, expect, test } from "vitest";

const run = promisify(execFile);
const RESULT = { sum: 14850, onMain: false, shared: 20, through: 110, error: "RangeError: as it should" };
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function built(bundler: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `gr-${bundler}-`));
  undo.push(() => rm(folder, { recursive: true }));
  await run(process.execPath, [fileURLToPath(new URL("./build.mjs", import.meta.url)), bundler, folder]);
  return folder;
}

test.each([
  ["esbuild", "main-node.mjs"],
  ["rollup", "main-node.mjs"],
  ["webpack", "main.mjs"],
])("%s, in Node", async (bundler, main) => {
  const folder = await built(bundler);
  const { stdout, stderr } = await run(process.execPath, [join(folder, main)]);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual(RESULT);
});

// A page may share memory only if it is isolated from other origins.
async function served(folder: string): Promise<string> {
  const server: Server = createServer(async ({ url = "/" }, response) => {
    const path = url === "/" ? "/index.html" : url;
    const body = await readFile(join(folder, path)).catch(() => null);
    response.writeHead(body === null ? 404 : 200, {
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const skipped = !existsSync(CHROMIUM) && process.env.CI !== "true";
test.skipIf(skipped)(`Vite, in Chromium${skipped ? ` (skipped: no ${CHROMIUM})` : ""}`, async () => {
  const folder = await built("vite");
  expect((await readdir(join(folder, "assets"))).some((name) => name.startsWith("gr-worker"))).toBe(true);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  undo.push(() => browser.close());
  const page = await browser.newPage();
  await page.goto(await served(folder));
  await page.waitForFunction('document.title !== "runs"');
  expect(JSON.parse(await page.title())).toEqual(RESULT);
});
