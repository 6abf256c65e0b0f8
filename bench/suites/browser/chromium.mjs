// Opens page.mjs in a headless Chromium of its own, and takes what it posts.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { median } from "../../lib/stats.mjs";
import { Unavailable } from "../../lib/unavailable.mjs";

const executable = process.env.CHROMIUM ?? "/usr/bin/chromium";
const LIMIT_MS = 60_000;
/** A frame that comes later than this many intervals after the one before is late. */
const LATE = 1.5;
/** No frames to speak of: a display of less than 20 Hz. */
const SLOWEST_MS = 50;

/**
 * The share of animation frames that were late, in percent, of n frames beside `pairs` pairs of goroutines; into `p` what
 * the browser's processes used of the processor.
 */
export async function framesOf(n, pairs, p) {
  if (!existsSync(executable)) throw new Unavailable(`no Chromium at ${executable}: set CHROMIUM`);
  const { alone, seen, trips, hidden } = await pageSays(`?frames=${n}&pairs=${pairs}`, p);
  const interval = median(alone);
  if (hidden || interval > SLOWEST_MS) throw new Unavailable(`the page has no animation frames (${interval} ms apart)`);
  if (trips < pairs) throw new Error(`${trips} round trips by ${pairs} pairs`);
  const late = seen.filter((gap) => gap > LATE * interval).length;
  return (100 * late) / seen.length;
}

async function pageSays(query, p) {
  const script = await bundled();
  let told;
  const said = new Promise((resolve) => {
    told = resolve;
  });
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      request.on("end", () => {
        response.end();
        told(JSON.parse(body));
      });
    } else if (request.url === "/page.js") response.setHeader("content-type", "text/javascript").end(script);
    else response.setHeader("content-type", "text/html").end('<script type="module" src="/page.js"></script>');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await inBrowser(`http://127.0.0.1:${server.address().port}/${query}`, said, p);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function bundled() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.mjs", import.meta.url))],
    bundle: true,
    format: "esm",
    minify: true,
    platform: "browser",
    target: "es2022",
    write: false,
  });
  return outputFiles[0].text;
}

async function inBrowser(url, said, p) {
  const profile = mkdtempSync(join(tmpdir(), "gr-frames-"));
  const flags = ["--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu", "--window-size=800,600"];
  const stdio = ["ignore", "ignore", "pipe"];
  const child = spawn(executable, [...flags, `--user-data-dir=${profile}`, url], { stdio, detached: true });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  const closed = new Promise((resolve) => child.on("close", resolve));
  let limit;
  const failed = new Promise((_, reject) => {
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`Chromium ended with ${code}: ${err.slice(-300)}`)));
    limit = setTimeout(() => reject(new Error(`the page said nothing within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    const answer = await Promise.race([said, failed]);
    p.childCpuMs = cpuMsOfGroup(child.pid);
    return answer;
  } finally {
    clearTimeout(limit);
    failed.catch(() => {});
    child.kill();
    await closed;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Linux counts a processor's time in hundredths of a second. */
const TICK_MS = 10;

// What the processes of a group have used so far. Where there is no /proc nobody can tell them from others': 0.
function cpuMsOfGroup(group) {
  if (!existsSync("/proc/self/stat")) return 0;
  let ticks = 0;
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      // The name in brackets may hold spaces.
      const fields = readFileSync(`/proc/${id}/stat`, "utf8").split(") ").at(-1).split(" ");
      if (Number(fields[2]) === group) for (const at of [11, 12, 13, 14]) ticks += Number(fields[at]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks * TICK_MS;
}
