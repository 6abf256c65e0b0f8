// Serves the built page and the files of a run on this machine only, with the headers that SharedArrayBuffer needs.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";

const FIRST_PORT = 4173;
const PORTS_TRIED = 50;
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".grt": "application/octet-stream",
  ".map": "application/json",
};

/**
 * Serves `dist` at / and `run` at /run/ on 127.0.0.1, on `port` (4173 unless given) or the next free one.
 * @param {{ dist: string, run: string, port?: number | undefined }} what
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function servePage({ dist, run, port: first = FIRST_PORT }) {
  const server = createServer((req, res) => {
    answer(req, res, resolve(dist), resolve(run)).catch(() => {
      if (!res.headersSent) res.writeHead(500, headers());
      res.end();
    });
  });
  const port = await listenOnFree(server, first);
  const close = () =>
    /** @type {Promise<void>} */ (
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      })
    );
  return { url: `http://127.0.0.1:${port}/`, close };
}

/** @param {import("node:http").IncomingMessage} req @param {import("node:http").ServerResponse} res @param {string} dist @param {string} run */
async function answer(req, res, dist, run) {
  if (req.method !== "GET" && req.method !== "HEAD") return refuse(res, 405);
  const file = fileFor(req.url ?? "/", dist, run);
  const found = file === null ? null : await stat(file).catch(() => null);
  if (file === null || found === null || !found.isFile()) return refuse(res, 404);
  const type = TYPES[/** @type {keyof typeof TYPES} */ (extname(file))] ?? "application/octet-stream";
  res.writeHead(200, { ...headers(), "Content-Type": type, "Content-Length": found.size });
  if (req.method === "HEAD") res.end();
  else
    createReadStream(file)
      .on("error", () => res.destroy())
      .pipe(res);
}

/** The file a URL names, or null if it is none of ours. @param {string} url @param {string} dist @param {string} run */
function fileFor(url, dist, run) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, "http://127.0.0.1").pathname);
  } catch {
    return null;
  }
  if (path.includes("\0")) return null;
  const inRun = path.startsWith("/run/");
  const root = inRun ? run : dist;
  const file = normalize(join(root, inRun ? path.slice(4) : path.endsWith("/") ? `${path}index.html` : path));
  return file.startsWith(root + sep) ? file : null;
}

/** @param {import("node:http").ServerResponse} res @param {number} status */
function refuse(res, status) {
  res.writeHead(status, { ...headers(), "Content-Type": "text/plain; charset=utf-8" });
  res.end(status === 404 ? "not found\n" : "method not allowed\n");
}

function headers() {
  return {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
  };
}

/** @param {import("node:http").Server} server @param {number} first */
async function listenOnFree(server, first) {
  const last = Math.min(65_535, first + PORTS_TRIED - 1);
  for (let port = first; port <= last; port++) if (await tryListen(server, port)) return port;
  throw new Error(`page: no free port from ${first} to ${last}`);
}

/** @param {import("node:http").Server} server @param {number} port @returns {Promise<boolean>} */
function tryListen(server, port) {
  return new Promise((done, fail) => {
    const refused = (/** @type {NodeJS.ErrnoException} */ err) =>
      err.code === "EADDRINUSE" || err.code === "EACCES" ? done(false) : fail(err);
    server.once("error", refused);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", refused);
      done(true);
    });
  });
}
