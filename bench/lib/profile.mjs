// `--profile`: where the time and the memory of a side go, and what its compiled code fell back from.
//
// The side runs three times: for V8's sampling of time, of allocations, and with the trace of deoptimizations. Each slows
// it down, so none of these runs measures anything.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveSide, workOf } from "./catalog.mjs";

const cache = fileURLToPath(new URL("../.cache/", import.meta.url));
const sideScript = fileURLToPath(new URL("./side.mjs", import.meta.url));
const sampler = new URL("./sample-allocations.mjs", import.meta.url).href;

/** Lines of each list. */
const TOP = 15;

/** Profiles one JavaScript side. Gives where the files are, and three lists of { share, what }. */
export function profileSide(bench, name, quick, params) {
  const side = resolveSide(bench, name, { unavailable: "Go has profilers of its own" });
  if (side.unavailable !== undefined) throw new Error(`bench: ${name} cannot be profiled: ${side.unavailable}`);
  const folder = join(cache, "profiles", `${bench.name}-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const work = JSON.stringify({ ...workOf(bench, name, quick), ...params });
  const run = (flags) => {
    const args = [...(side.flags ?? []), ...flags, sideScript, side.file, side.program, work];
    const env = {
      ...process.env,
      GOMAXPROCS: String(side.procs),
      GR_BENCH_PROFILE: join(folder, "allocations.heapprofile"),
    };
    return spawnSync(process.execPath, args, { env, encoding: "utf8", maxBuffer: 2 ** 28 }).stdout;
  };
  run(["--cpu-prof", `--cpu-prof-dir=${folder}`]);
  run(["--import", sampler]);
  const profiles = readdirSync(folder).filter((file) => file.endsWith(".cpuprofile"));
  return {
    folder: relative(process.cwd(), folder),
    time: topOf(profiles.map((file) => selfTime(read(folder, file)))),
    allocations: topOf([selfBytes(read(folder, "allocations.heapprofile").head)]),
    deoptimizations: deoptimizationsIn(run(["--trace-deopt"])),
  };
}

const read = (folder, file) => JSON.parse(readFileSync(join(folder, file), "utf8"));

/** Microseconds by function, of one profile. A sample belongs to the function that was on top. */
export function selfTime({ nodes, samples, timeDeltas }) {
  const names = new Map(nodes.map((node) => [node.id, placeOf(node.callFrame)]));
  const sum = new Map();
  for (let i = 0; i < samples.length; i++) add(sum, names.get(samples[i]), timeDeltas[i]);
  return sum;
}

/** Bytes by function, of a sampling of allocations. */
export function selfBytes(head) {
  const sum = new Map();
  for (const todo = [head]; todo.length > 0; ) {
    const node = todo.pop();
    if (node.selfSize > 0) add(sum, placeOf(node.callFrame), node.selfSize);
    todo.push(...node.children);
  }
  return sum;
}

function placeOf({ functionName, url, lineNumber }) {
  const file = url.startsWith("file:") ? `${basename(url)}:${lineNumber + 1}` : url;
  return `${functionName || "(anonymous)"}  ${file}`.trimEnd();
}

const add = (sum, key, value) => sum.set(key, (sum.get(key) ?? 0) + value);

function topOf(sums) {
  const all = new Map();
  for (const sum of sums)
    for (const [key, value] of sum) if (key !== "(idle)" && key !== "(root)") add(all, key, value);
  const total = [...all.values()].reduce((sum, value) => sum + value, 0);
  return [...all]
    .sort((a, b) => b[1] - a[1])
    .slice(0, TOP)
    .map(([what, value]) => ({ share: value / total, what }));
}

const BAILOUT = /bailout \(kind: ([\w-]+), reason: (.+?)\).*?deoptimizing 0x\w+ <JSFunction ?(.*?)(?: \(sfi.*)?>/;

/** How often each function left its compiled code, and why. */
export function deoptimizationsIn(text) {
  const sum = new Map();
  for (const line of text.split("\n")) {
    const [, kind, reason, name] = BAILOUT.exec(line) ?? [];
    if (kind !== undefined) add(sum, `${name || "(anonymous)"}  ${kind}: ${reason}`, 1);
  }
  return [...sum]
    .sort((a, b) => b[1] - a[1])
    .slice(0, TOP)
    .map(([what, times]) => ({ times, what }));
}

/** What the terminal shows. */
export function profileText(bench, name, { folder, time, allocations, deoptimizations }) {
  const shares = (list) => list.map(({ share, what }) => `${(share * 100).toFixed(1).padStart(6)} %  ${what}`);
  return [
    `\n${bench.name}, ${name}: profiles in ${folder}`,
    "time by function:",
    ...shares(time),
    "bytes allocated by function, collected ones too:",
    ...shares(allocations),
    "compiled code that was left:",
    ...deoptimizations.map(({ times, what }) => `${String(times).padStart(6)} ×  ${what}`),
  ].join("\n");
}

/** The sides to profile: those that were asked for, else ours. */
export function sidesToProfile(bench, only) {
  const ours = Object.keys(bench.sides).filter((name) => (only ?? [name]).includes(name));
  return only === undefined ? ours.slice(0, 1) : ours.filter((name) => (bench.sides[name].from ?? name) !== "go");
}
