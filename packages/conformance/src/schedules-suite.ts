// Every schedule of small programs: who runs next and which ready case wins is tried in all ways, and each history is
// held against the model. Local only.
import { exploreSchedules, mustPass } from "@gr/explore";
import { describe, expect, test } from "vitest";
import type { Case, Step } from "./model.ts";
import { disagreement, type Program, perform } from "./random-programs.ts";

const on = (kind: Case["kind"], channel: number): Case => ({ kind, channel });

let values = 0;
const comm = (orElse: boolean, ...cases: Case[]): Step => ({ kind: "comm", cases, value: ++values, orElse });
const send = (channel: number): Step => comm(false, on("send", channel));
const recv = (channel: number): Step => comm(false, on("recv", channel));
const pick = (...cases: Case[]): Step => comm(false, ...cases);
const tryPick = (...cases: Case[]): Step => comm(true, ...cases);
const close = (channel: number): Step => ({ kind: "close", channel });
const cancel = (target: number): Step => ({ kind: "cancel", target });
const pause: Step = { kind: "yield" };

const table: readonly [name: string, program: Program][] = [
  [
    "two senders and two receivers without a buffer",
    { capacities: [0], goroutines: [[send(0)], [send(0)], [recv(0)], [recv(0)]] },
  ],
  [
    "a buffer of one keeps the order of each sender",
    { capacities: [1], goroutines: [[send(0), send(0)], [send(0)], [recv(0), recv(0), recv(0)]] },
  ],
  [
    "two selects meet two senders",
    {
      capacities: [0, 0],
      goroutines: [[pick(on("recv", 0), on("recv", 1))], [pick(on("recv", 0), on("recv", 1))], [send(0)], [send(1)]],
    },
  ],
  [
    "selects that offer and selects that take",
    {
      capacities: [0, 1],
      goroutines: [
        [pick(on("send", 0), on("send", 1))],
        [pick(on("recv", 0), on("recv", 1))],
        [pick(on("recv", 1), on("send", 0))],
      ],
    },
  ],
  [
    "both ends of one channel in the selects of two goroutines",
    {
      capacities: [0],
      goroutines: [
        [pick(on("send", 0), on("recv", 0)), pick(on("recv", 0), on("send", 0))],
        [pick(on("recv", 0), on("send", 0))],
        [pause, recv(0)],
      ],
    },
  ],
  [
    "close among blocked senders and receivers",
    { capacities: [1], goroutines: [[send(0), send(0)], [recv(0), recv(0)], [close(0)]] },
  ],
  [
    "close wakes a select",
    { capacities: [0, 0], goroutines: [[pick(on("recv", 0), on("send", 1))], [close(0)], [recv(1)]] },
  ],
  [
    "a receiver cancelled at every point",
    { capacities: [0], goroutines: [[recv(0), recv(0)], [send(0)], [cancel(0)], [recv(0)]] },
  ],
  [
    "a sender cancelled at every point",
    { capacities: [1], goroutines: [[send(0), send(0)], [recv(0)], [cancel(0)], [send(0)]] },
  ],
  [
    "a select cancelled at every point",
    {
      capacities: [0, 0],
      goroutines: [
        [pick(on("recv", 0), on("recv", 1)), recv(0)],
        [send(0)],
        [cancel(0)],
        [tryPick(on("send", 1), on("recv", 0))],
      ],
    },
  ],
  [
    "default is taken only when nothing is ready",
    {
      capacities: [1, 0],
      goroutines: [
        [send(0), send(1)],
        [tryPick(on("recv", 0), on("recv", 1)), tryPick(on("recv", 1), on("recv", 0))],
        [recv(1)],
      ],
    },
  ],
];

export function schedulesSuite(): void {
  describe("every schedule", () => {
    test.each(table)("%s", (_name, program) => {
      const report = exploreSchedules(
        (choose) => {
          const wrong = disagreement(program, perform(program, choose));
          if (wrong !== undefined) throw new Error(wrong);
        },
        { max: 60_000 },
      );
      mustPass(report);
      expect(report.complete).toBe(true);
      expect(report.runs).toBeGreaterThan(5);
    });
  });
}
