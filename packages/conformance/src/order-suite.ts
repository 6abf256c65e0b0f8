// What a goroutine wrote before an operation, another sees after the operation that answers it. For threads.
import { attached } from "@gr/shm";
import { describe, expect, test } from "vitest";
import { type Maker, scaled } from "./maker.ts";
import { type By, ORDER_WORDS, waitThenRead, writeThen } from "./programs/order.ts";

// "receive": unbuffered, the receive comes before the send that it answers is complete. "room": with a buffer that is
// full, the receive comes before the send that needed the room.
const table: readonly (readonly [string, By, number])[] = [
  ["a send is seen after its receive", "send", 0],
  ["a send into a buffer is seen after its receive", "send", 3],
  ["a close is seen after the receive that it answers", "close", 0],
  ["an unbuffered receive is seen after its send", "receive", 0],
  ["a receive is seen after the send that its room let through", "room", 1],
];

export function orderSuite(make: Maker): void {
  describe("memory order", () => {
    test.each(table)("go#45 what was written before %s", (_title, by, capacity) =>
      make.run(function* () {
        const { arena } = attached()!;
        const at = arena.allocate(ORDER_WORDS * 4);
        const seen = make.chan<number>(1);
        for (let round = 1; round <= scaled(make, 2000); round++) {
          const c = make.chan<number>(capacity);
          if (by === "room") yield* c.send(0);
          make.spawn(waitThenRead, by, at, round, c, seen);
          make.spawn(writeThen, by, at, round, c);
          expect(yield* seen.recv()).toBe(ORDER_WORDS);
        }
        arena.free(at);
      }),
    );
  });
}
