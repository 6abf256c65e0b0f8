// Threads of model tests, and notes of what they came to.

import type { End } from "@gr/explore";
import {
  attempt,
  close,
  type Did,
  finish,
  giveUp,
  type ModelCase,
  noneForgotten,
  perform,
  performCancelled,
  waitMail,
} from "./shared-model.ts";

export type Thread = (mem: Int32Array, m: number) => unknown;
export const selects =
  (...cases: ModelCase[]): Thread =>
  (mem, m) =>
    perform(mem, m, cases);
/** The rest of a select whose cases init has parked. */
export const parked =
  (...cases: ModelCase[]): Thread =>
  (mem, m) =>
    finish(mem, m, cases, waitMail(mem, m));
/** Gives up those cases. */
export const leaving =
  (...cases: ModelCase[]): Thread =>
  (mem, m) =>
    giveUp(mem, m, cases);
export const cancelled =
  (...cases: ModelCase[]): Thread =>
  (mem, m) =>
    performCancelled(mem, m, cases);
export const tries =
  (one: ModelCase): Thread =>
  (mem, m) =>
    attempt(mem, m, one) ?? null;
export const closes =
  (c: number): Thread =>
  (mem, m) =>
    close(mem, m, c);
export const did = (key: number, got: number | string): Did => ({ key, got });
const outcomes = new Set<string>();
export const note = (x: unknown): void => void outcomes.add(JSON.stringify(x) ?? "undefined");
/** What notes have said; between tests, nothing. */
export const seen = (): string[] => {
  const all = [...outcomes].sort();
  outcomes.clear();
  return all;
};

/** Only those may be left waiting who have nobody to meet; `why` says when that can be. */
export const alone =
  (why: (end: End) => boolean) =>
  (end: End): boolean => {
    noneForgotten(end.mem);
    return why(end);
  };
