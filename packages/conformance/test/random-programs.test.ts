import { describe, expect, test } from "vitest";
import { checkRandomPrograms, disagreement, type Entry } from "../src/random-programs.ts";

const runs = Number(process.env.GR_PROGRAMS ?? 3000);

describe("random programs", () => {
  test("every history of a random program is one that the model allows", () => {
    checkRandomPrograms(runs);
  }, 600_000);

  test("the check refuses a lost value, a doubled value, a wrong order and a missed wake-up", () => {
    const program = { capacities: [1], goroutines: [] };
    const send = (value: number, outcome?: string): Entry => ({
      goroutine: value,
      step: { kind: "comm", cases: [{ kind: "send", channel: 0 }], value, orElse: false },
      outcome,
    });
    const recv = (goroutine: number, outcome?: string): Entry => ({
      goroutine,
      step: { kind: "comm", cases: [{ kind: "recv", channel: 0 }], value: 0, orElse: false },
      outcome,
    });
    const allowed = [send(1, "sent 0"), send(2, "sent 0"), recv(8, "got 1 from 0"), recv(9, "got 2 from 0")];
    expect(disagreement(program, allowed)).toBeUndefined();
    const refused: Entry[][] = [
      [send(1, "sent 0"), recv(8)],
      [send(1, "sent 0"), recv(8, "got 1 from 0"), recv(9, "got 1 from 0")],
      [send(1, "sent 0"), send(2, "sent 0"), recv(8, "got 2 from 0")],
      [send(1, "sent 0"), send(2), recv(8, "got 1 from 0")],
      [recv(8), send(1, "sent 0")],
      [recv(8, "0 is closed")],
    ];
    for (const history of refused) expect(disagreement(program, history)).toMatch(/^the model says/);
  });
});
