import { run, spawn, withResolvers } from "effection";

export const programs = {
  "spawn-burst": (n) =>
    run(function* () {
      const end = withResolvers();
      let ran = 0;
      const task = function* () {
        if (++ran === n) end.resolve(ran);
      };
      for (let i = 0; i < n; i++) yield* spawn(task);
      return yield* end.operation;
    }),
};
