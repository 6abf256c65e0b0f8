// Runs a whole program of the fixtures, as users start them.

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when it has written the text. */
  said(text: string): Promise<void>;
}

export function start(
  name: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
  input: "ignore" | "pipe" = "ignore",
): Started {
  const file = fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], {
    stdio: [input, "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let out = "";
  let err = "";
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      child.stdout?.on("data", () => out.includes(text) && resolve());
      child.on("close", () => reject(new Error(`it ended without saying "${text}": ${err}`)));
    });
  child.stdout?.on("data", (data) => {
    out += data;
  });
  child.stderr?.on("data", (data) => {
    err += data;
  });
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code, signal) => resolve({ out, err, code, signal })),
  );
  return { child, ended, said };
}

export const program = (name: string, ...args: readonly string[]): Promise<Ended> => start(name, args).ended;
