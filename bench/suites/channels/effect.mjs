import { Effect, Fiber, Queue } from "effect";

const chanPing = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const there = yield* Queue.bounded(1);
      const back = yield* Queue.bounded(1);
      const helper = yield* Effect.forkChild(
        Effect.gen(function* () {
          for (let i = 0; i < n; i++) yield* Queue.offer(back, yield* Queue.take(there));
        }),
      );
      let sum = 0;
      for (let i = 0; i < n; i++) {
        yield* Queue.offer(there, 1);
        sum += yield* Queue.take(back);
      }
      yield* Fiber.join(helper);
      return sum;
    }),
  );

const prodCons = (n, { cap }) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const items = yield* Queue.bounded(Math.max(1, cap));
      const producer = yield* Effect.forkChild(
        Effect.gen(function* () {
          for (let i = 0; i < n; i++) yield* Queue.offer(items, 1);
          yield* Queue.offer(items, 0);
        }),
      );
      let sum = 0;
      for (;;) {
        const item = yield* Queue.take(items);
        if (item === 0) break;
        sum += item;
      }
      yield* Fiber.join(producer);
      return sum;
    }),
  );

// A Queue holds at least one value, so these have capacity 1 where the others are unbuffered.
export const programs = { "chan-ping": chanPing, "prod-cons": prodCons };
