// The built page in a real browser, over a simulated run: lanes, keys, themes, phone, accessibility, Web Workers.
//
// Needs Chromium (CHROMIUM, or /usr/bin/chromium). Without one it says so and passes, except when CI is set.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { servePage } from "../src/server.mjs";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const axePath = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
const PRIMES_BELOW_3_MILLION = "216,816";

if (!existsSync(executablePath)) {
  console.log("skipped: no Chromium found (set CHROMIUM)");
  process.exit(process.env.CI ? 1 : 0);
}

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {{ url: string, close: () => Promise<void> }} */
let page;
const folder = mkdtempSync(join(tmpdir(), "gr page "));

before(async () => {
  const { FIGURES, simulatedRun } = await import("./simulated-run.mjs");
  mkdirSync(join(folder, "run"));
  mkdirSync(join(folder, "none"));
  writeFileSync(join(folder, "run", "trace.grt"), simulatedRun().toGrt());
  writeFileSync(join(folder, "run", "figures.json"), JSON.stringify(FIGURES));
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  page = await servePage({ dist, run: join(folder, "run") });
});

after(async () => {
  await browser?.close();
  await page?.close();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Opens the page, waits for its trace, runs the check, and fails on any error in the console.
 * @param {import("playwright-core").BrowserContextOptions} options
 * @param {(p: import("playwright-core").Page) => Promise<void>} check
 */
async function open(options, check, url = page.url, ready = "#job-trace:not([hidden])") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  try {
    const p = await context.newPage();
    /** @type {string[]} */
    const errors = [];
    p.on("console", (m) => m.type() === "error" && errors.push(m.text()));
    p.on("pageerror", (err) => errors.push(err.message));
    await p.goto(url);
    await p.waitForSelector(ready);
    await check(p);
    if (url === page.url) assert.deepEqual(errors, []);
  } finally {
    await context.close();
  }
}

/** @param {import("playwright-core").Page} p */
const range = (p) => p.locator("#job-trace").evaluate((v) => /** @type {any} */ (v).range);

/** @param {import("playwright-core").Page} p @returns {Promise<string[]>} */
async function axe(p) {
  await p.addScriptTag({ path: axePath });
  const found = await p.evaluate(() => /** @type {any} */ (globalThis).axe.run());
  return found.violations.map(
    (/** @type {any} */ v) => `${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target).join(" ")}`,
  );
}

describe("page", { timeout: 120_000 }, () => {
  test("shows the trace of the run with a lane per P and per M, and the job's figures", async () => {
    await open({}, async (p) => {
      assert.equal(await p.evaluate(() => crossOriginIsolated), true);
      const stage = p.locator("#job-trace .stage");
      await stage.focus();
      await p.keyboard.press("t");
      const lanes = await p.locator("#job-trace .tables table").first().locator("tbody th").allTextContents();
      assert.deepEqual(lanes, ["P0", "P1", "M0 main", "M1 worker"]);
      const spans = p.locator("#job-trace .tables table").nth(1).locator("tbody tr");
      assert.equal(await spans.count(), 200);
      assert.match((await p.locator("#job-trace .caption").textContent()) ?? "", /^715 goroutines shared 2 threads/);
      assert.match((await p.locator("#job-figures").textContent()) ?? "", /4,812,377/);
      assert.match((await p.locator("#job-figures").textContent()) ?? "", /1\.60 times as fast/);
    });
  });

  test("shows what npm start has just done", async (t) => {
    const run = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", ".gr", "run");
    if (!existsSync(join(run, "figures.json"))) {
      if (process.env.CI) assert.fail("npm start -- --once has left no run");
      t.skip("no run yet: npm start -- --once makes one");
      return;
    }
    const figures = JSON.parse(readFileSync(join(run, "figures.json"), "utf8"));
    const busy = figures.spread.perM.filter((/** @type {any} */ m) => m.goroutines > 0);
    assert.ok(figures.spread.procs < 2 || busy.length >= 2, "portables ran on two threads at least");
    const real = await servePage({ dist, run });
    const check = async (/** @type {import("playwright-core").Page} */ p) => {
      await p.locator("#job-trace .stage").focus();
      await p.keyboard.press("t");
      const lanes = await p.locator("#job-trace .tables table").first().locator("tbody th").allTextContents();
      for (let i = 0; i < figures.spread.procs; i++) assert.ok(lanes.includes(`P${i}`), `P${i} has a lane: ${lanes}`);
      for (const m of busy) assert.ok(lanes.includes(`M${m.m} ${m.kind}`), `M${m.m} has a lane: ${lanes}`);
      const shown = (await p.locator("#job-figures").textContent()) ?? "";
      assert.ok(shown.includes(figures.result.words.toLocaleString("en")), "the words are there");
    };
    try {
      await open({}, check, real.url);
    } finally {
      await real.close();
    }
  });

  test("the lanes are painted in the colours of the functions that ran", async () => {
    await open({ reducedMotion: "reduce" }, async (p) => {
      const colours = await p.locator("#job-trace .stage canvas").evaluate((c) => {
        const canvas = /** @type {HTMLCanvasElement} */ (c);
        const context = canvas.getContext("2d");
        const { data } = /** @type {CanvasRenderingContext2D} */ (context).getImageData(
          0,
          0,
          canvas.width,
          canvas.height,
        );
        const seen = new Set();
        for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
        return [...seen];
      });
      assert.ok(colours.includes("31,116,177"), "countWords");
      assert.ok(colours.includes("168,95,0"), "read");
    });
  });

  test("keys zoom, move, select and explain", async () => {
    await open({ reducedMotion: "reduce" }, async (p) => {
      const all = await range(p);
      await p.locator("#job-trace .stage").focus();
      for (let i = 0; i < 6; i++) await p.keyboard.press("w");
      const near = await range(p);
      assert.ok(near.end - near.start < (all.end - all.start) / 15);
      await p.keyboard.press("d");
      assert.ok((await range(p)).start > near.start);
      await p.keyboard.press("ArrowDown");
      await p.keyboard.press(".");
      const lead = p.locator("#job-trace .details .lead");
      assert.match((await lead.textContent()) ?? "", /^G\d+ \w+ ran for .* on P0, thread M0/);
      await p.keyboard.press("Escape");
      assert.equal(await lead.count(), 0);
      await p.keyboard.press("0");
      assert.deepEqual(await range(p), all);
    });
  });

  test("a click on a span explains it, ctrl and wheel zoom at the pointer, dragging moves", async () => {
    await open({ reducedMotion: "reduce" }, async (p) => {
      const canvas = p.locator("#job-trace .stage canvas");
      const box = await canvas.boundingBox();
      assert.ok(box !== null);
      await p.mouse.click(box.x + 180, box.y + 70);
      assert.ok(((await p.locator("#job-trace .details .lead").textContent()) ?? "").length > 10);
      const all = await range(p);
      await p.mouse.move(box.x + 600, box.y + 70);
      await p.keyboard.down("Control");
      for (let i = 0; i < 5; i++) await p.mouse.wheel(0, -120);
      await p.keyboard.up("Control");
      await p.waitForFunction(
        (end) => /** @type {any} */ (document.querySelector("#job-trace")).range.end < end,
        all.end,
      );
      const near = await range(p);
      await p.mouse.down();
      await p.mouse.move(box.x + 500, box.y + 70, { steps: 4 });
      await p.mouse.up();
      assert.ok((await range(p)).start > near.start);
    });
  });

  for (const colorScheme of /** @type {const} */ (["dark", "light"])) {
    for (const width of [1280, 390]) {
      test(`${colorScheme}, ${width} wide: no sideways scrolling, no accessibility violation`, async () => {
        await open({ colorScheme, viewport: { width, height: 844 }, reducedMotion: "reduce" }, async (p) => {
          await p.locator("#job-trace .stage").focus();
          for (const key of ["w", "w", "w", "w", ".", "t", "?"]) await p.keyboard.press(key);
          const wide = await p.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `the page is ${wide} wide`);
          const dark = await p.evaluate(() => getComputedStyle(document.body).backgroundColor);
          assert.equal(dark, colorScheme === "dark" ? "rgb(11, 16, 20)" : "rgb(246, 245, 241)");
          assert.deepEqual(await axe(p), []);
        });
      });
    }
  }

  test("nothing moves when motion is not wanted", async () => {
    await open({ reducedMotion: "reduce" }, async (p) => {
      assert.equal(await p.evaluate(() => document.getAnimations().length), 0);
      const before = await range(p);
      await p.locator("#job-trace .stage").focus();
      const after = await p.evaluate(() => {
        const viewer = /** @type {any} */ (document.querySelector("#job-trace"));
        viewer.shadowRoot.querySelector(".stage").dispatchEvent(new KeyboardEvent("keydown", { key: "w" }));
        return viewer.range;
      });
      assert.ok(Math.abs((after.end - after.start) / (before.end - before.start) - 0.6) < 1e-9);
    });
  });

  test("the program of the page counts right on at least two Web Workers", async () => {
    await open({}, async (p) => {
      await p.locator("#live-procs").selectOption("2");
      await p.locator("#live-form button").click();
      await p.waitForSelector("#live-trace:not([hidden])");
      const out = (await p.locator("#live-out").textContent()) ?? "";
      assert.ok(out.startsWith(`${PRIMES_BELOW_3_MILLION} primes in `), out);
      const workers = new Set(out.match(/M\d+/g));
      workers.delete("M0");
      assert.ok(workers.size >= 2, out);
      await p.locator("#live-trace .stage").focus();
      await p.keyboard.press("t");
      const lanes = await p.locator("#live-trace .tables table").first().locator("tbody th").allTextContents();
      for (const m of workers) assert.ok(lanes.includes(`${m} worker`), `${m} has a lane: ${lanes}`);
    });
  });

  test("without a run the page says how to get one", async () => {
    const empty = await servePage({ dist, run: join(folder, "none") });
    try {
      await open(
        {},
        async (p) => {
          assert.match((await p.locator("#job-note").textContent()) ?? "", /npm start/);
        },
        empty.url,
        "#job-note:not([hidden])",
      );
    } finally {
      await empty.close();
    }
  });

  test("the server gives away nothing but its two folders", async () => {
    for (const path of [
      "run/../../etc/passwd",
      "run/%2e%2e/%2e%2e/secret",
      "..%2f..%2fpackage.json",
      "%00",
      "nothing.js",
    ]) {
      const response = await fetch(`${page.url}${path}`);
      assert.equal(response.status, 404, path);
      assert.equal(response.headers.get("cross-origin-embedder-policy"), "require-corp");
    }
    assert.equal((await fetch(page.url, { method: "POST" })).status, 405);
  });
});
