// The process of one JavaScript side: `node side.mjs <file> <program> <params>`.
//
// Imports the file, warms the program up with less work, then runs the fixed work once and prints one line of JSON:
// the result, which the harness checks, what it cost, and the peak of memory. The Go side prints the same line.
import { pathToFileURL } from "node:url";

const [file, name, json] = process.argv.slice(2);

async function main() {
  const params = JSON.parse(json);
  let programs;
  try {
    ({ programs } = await import(pathToFileURL(file).href));
  } catch (err) {
    // A peer that is not installed, or a package of ours that does not export what the program needs yet.
    if (
      err.code === "ERR_MODULE_NOT_FOUND" ||
      (err instanceof SyntaxError && /does not provide an export/.test(err.message))
    )
      return { unavailable: err.message.split("\n")[0] };
    throw err;
  }
  const program = programs[name];
  if (program === undefined) return { unavailable: `no program ${name}` };
  for (let i = 0; i < 2 && params.warm > 0; i++) await program(params.warm, { ...params, warming: true });
  globalThis.gc?.();
  const measured = { ...params };
  const cpuBefore = process.cpuUsage();
  const start = process.hrtime.bigint();
  const result = await program(params.n, measured);
  const ns = Number(process.hrtime.bigint() - start);
  const { user, system } = process.cpuUsage(cpuBefore);
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return {
    result: typeof result === "bigint" ? Number(result) : result,
    // A program that must not be charged for its set-up, or that measures bytes, says so in its params.
    ns: measured.ns ?? ns,
    bytes: measured.bytes,
    rssBytes: maxRSS * 1024,
    // With that of processes of its own, which the program tells.
    cpuMs: (userCPUTime + systemCPUTime) / 1000 + (measured.childCpuMs ?? 0),
    // Of the measured work alone, set-up included. V8 compiles and collects on threads of its own.
    cores: ((user + system) * 1000) / ns,
    version: process.version,
  };
}

const report = (line) => process.stdout.write(`${JSON.stringify(line)}\n`, () => process.exit(0));
main().then(report, (err) =>
  report(err?.name === "Unavailable" ? { unavailable: err.message } : { error: String(err?.stack ?? err) }),
);
