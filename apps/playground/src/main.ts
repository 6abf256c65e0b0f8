// The page: the trace of the run that just happened, its figures, and a program to run here.

import "@gr/viz/viewer";
import { readGrtAny, type Trace } from "@gr/viz";
import type { TraceViewerElement } from "@gr/viz/viewer";
import { byId, number } from "./dom.ts";
import type { JobFigures } from "./figures.ts";
import { showFigures } from "./job-figures.ts";
import { LIMIT, PARTS, runLive } from "./live.ts";
import program from "./programs/count.ts?raw";

function theme(): void {
  const choice = byId<HTMLSelectElement>("theme");
  const apply = (): void => {
    const wanted = choice.value;
    if (wanted === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", wanted);
    for (const viewer of document.querySelectorAll("gr-trace-viewer")) viewer.setAttribute("theme", wanted);
  };
  choice.addEventListener("change", apply);
  apply();
}

async function fetched(path: string): Promise<Response | null> {
  const response = await fetch(path).catch(() => null);
  return response?.ok === true ? response : null;
}

async function showJob(): Promise<void> {
  const [file, figures] = await Promise.all([fetched("./run/trace.grt"), fetched("./run/figures.json")]);
  const about = byId("job-about");
  if (figures !== null) {
    const f = (await figures.json()) as JobFigures;
    about.textContent = `Words counted in ${number(f.result.files)} files of ${f.root}, ${new Date(f.when).toLocaleString("en-GB")}. Node ${f.machine.node.replace(/^v/, "")}, ${f.machine.cores} cores, ${f.machine.platform}.`;
    showFigures(byId("job-figures"), f);
  }
  if (file === null) {
    note(
      "There is no run to show yet. Start one with npm start, then load this page again; or run the program below, here in the browser.",
    );
    if (figures === null) about.textContent = "";
    return;
  }
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const trace = await readGrtAny(bytes);
    show("job-trace", trace);
    links(trace, bytes);
  } catch (err) {
    note(`The trace of the last run could not be read: ${err instanceof Error ? err.message : String(err)}`);
  }
}

function note(text: string): void {
  const box = byId("job-note");
  box.textContent = text;
  box.hidden = false;
}

function show(id: string, trace: Trace): void {
  const viewer = byId<TraceViewerElement>(id);
  viewer.hidden = false;
  viewer.trace = trace;
}

function links(trace: Trace, bytes: Uint8Array<ArrayBuffer>): void {
  const box = byId("job-links");
  const link = (text: string, name: string, content: () => BlobPart): HTMLButtonElement => {
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = text;
    b.addEventListener("click", () => {
      const url = URL.createObjectURL(new Blob([content()]));
      const a = document.createElement("a");
      a.href = url;
      a.download = name;
      a.click();
      URL.revokeObjectURL(url);
    });
    return b;
  };
  box.replaceChildren(
    link("Save the trace", "trace.grt", () => bytes),
    link("for Perfetto", "trace.pftrace", () => trace.toPerfetto()),
    link("for go tool trace", "trace.go-trace", () => trace.toGo()),
    link("as Chrome JSON", "trace.json", () => trace.toChrome()),
  );
  box.hidden = false;
}

function live(): void {
  const isolated = globalThis.crossOriginIsolated;
  const cores = navigator.hardwareConcurrency || 1;
  byId("live-about").textContent = isolated
    ? `Counts the primes below ${number(LIMIT)} in ${PARTS} goroutines that may start on any Web Worker and report through one channel.`
    : `This page is not isolated from others, so the browser gives it no shared memory: the program runs on one thread. It counts the primes below ${number(LIMIT)} in ${PARTS} goroutines.`;
  const procs = byId<HTMLSelectElement>("live-procs");
  const most = isolated ? Math.max(2, cores) : 1;
  for (let n = 1; n <= Math.min(8, most); n++) procs.add(new Option(String(n), String(n), n === Math.min(8, most)));
  procs.value = procs.options[procs.options.length - 1]!.value;
  const code = byId("live-code");
  code.textContent = program;
  code.tabIndex = 0; // It scrolls, so the keyboard must reach it.
  byId<HTMLFormElement>("live-form").addEventListener("submit", (e) => {
    e.preventDefault();
    void runHere(Number(procs.value));
  });
}

async function runHere(procs: number): Promise<void> {
  const out = byId<HTMLOutputElement>("live-out");
  const progress = byId<HTMLProgressElement>("live-progress");
  const button = byId("live-form").querySelector("button")!;
  button.disabled = true;
  progress.hidden = false;
  progress.value = 0;
  progress.max = PARTS;
  out.textContent = "Running…";
  try {
    const { primes, ms, ranOn, trace } = await runLive(procs, (done) => {
      progress.value = done;
    });
    const where = ranOn.length === 0 ? "one thread" : ranOn.map((m) => `M${m}`).join(", ");
    out.textContent = `${number(primes)} primes in ${number(ms)} ms, counted on ${where}.`;
    show("live-trace", trace);
  } catch (err) {
    out.textContent = `It failed: ${err instanceof Error ? err.message : String(err)}`;
  } finally {
    button.disabled = false;
    progress.hidden = true;
  }
}

theme();
live();
void showJob();
