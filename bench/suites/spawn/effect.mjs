import { Deferred, Effect } from "effect";

export const programs = {
  "spawn-burst": (n) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const end = yield* Deferred.make();
        let ran = 0;
        const task = Effect.gen(function* () {
          yield* Effect.yieldNow;
          if (++ran === n) yield* Deferred.succeed(end, ran);
        });
        for (let i = 0; i < n; i++) yield* Effect.forkChild(task);
        return yield* Deferred.await(end);
      }),
    ),
};
