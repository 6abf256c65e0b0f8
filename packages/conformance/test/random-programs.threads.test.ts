import { describe, expect, test } from "vitest";
import type { Step } from "../src/model.ts";
import { overThreads } from "../src/over-threads.ts";
import { randomOverThreadsSuite } from "../src/random-over-threads.ts";
import { explained } from "../src/some-order.ts";

const runs = Number(process.env.GR_PROGRAMS ?? 300);
overThreads({ "random programs": (make) => randomOverThreadsSuite(make, runs) });

describe("the search for an order", () => {
  const send = (value: number): Step => ({
    kind: "comm",
    cases: [{ kind: "send", channel: 0 }],
    value,
    orElse: false,
  });
  const recv: Step = { kind: "comm", cases: [{ kind: "recv", channel: 0 }], value: 0, orElse: false };
  const program = { capacities: [1], goroutines: [[send(1), send(2)], [recv], [recv]] };

  test("accepts what can be", () => {
    expect(explained(program, [["sent 0", "sent 0"], ["got 2 from 0"], ["got 1 from 0"]])).toBe("yes");
  });

  test("refuses a lost value, a doubled value, a wrong order and a missed wake-up", () => {
    const refused = [
      [["sent 0", "sent 0"], ["got 1 from 0"], []],
      [["sent 0", "sent 0"], ["got 1 from 0"], ["got 1 from 0"]],
      [["sent 0"], ["got 2 from 0"], ["got 1 from 0"]],
      [["sent 0", "sent 0"], ["got 2 from 0"], []],
      [["sent 0"], [], []],
    ];
    for (const seen of refused) expect(explained(program, seen)).toBe("no");
  });
});
