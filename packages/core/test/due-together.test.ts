// Several timers that are due in one pass: one wins, and the others are taken back although they have fired.
import { go, run, runSync, sleep, TimeoutError, timeout } from "@gr/core";
import { withVirtualHost } from "@gr/core/internal";
import { expect, test } from "vitest";

test("a timeout as long as the sleep that it limits gives one of the two outcomes", () =>
  withVirtualHost(async (host) => {
    const ended: unknown[] = [];
    void run(function* () {
      for (let i = 0; i < 3; i++) {
        const g = go(function* () {
          try {
            yield* timeout(sleep(5), 5);
            ended.push("slept");
          } catch (err) {
            ended.push(err);
          }
        });
        yield* g;
      }
    });
    for (let i = 0; i < 4; i++) {
      host.advance(5);
      await host.settleAll();
    }
    expect(ended).toHaveLength(3);
    for (const end of ended) if (end !== "slept") expect(end).toBeInstanceOf(TimeoutError);
  }));

test("nested timeouts that are due with what they limit, and a busy thread past both", async () => {
  const past = performance.now() + 12;
  await run(function* () {
    const g = go(function* () {
      try {
        yield* timeout(timeout(sleep(5), 6), 7);
      } catch (err) {
        expect(err).toBeInstanceOf(TimeoutError);
      }
    });
    yield* sleep(0.5);
    while (performance.now() < past);
    yield* g;
  });
  expect(() => runSync(() => sleep(1))).toThrow("waits for the host");
});
