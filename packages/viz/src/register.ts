// `node --import @gr/viz/register app.mjs`: traces the whole program and writes it where GRTRACE says.
//
// GRTRACE=trace.grt names the file; a name that ends in .json gets the Chrome format. Without GRTRACE nothing happens.

import { writeFileSync } from "node:fs";
import { startTrace, stopTrace } from "./session.ts";

const path = globalThis.process?.env?.GRTRACE;

if (path !== undefined && path !== "") {
  startTrace({ title: process.argv[1] ?? "" });
  process.once("exit", () => {
    const trace = stopTrace();
    writeFileSync(path, path.endsWith(".json") ? trace.toChrome() : trace.toGrt());
  });
}
