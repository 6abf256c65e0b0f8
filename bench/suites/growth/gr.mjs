import { chan, select } from "@gr/chan";
import { go, run } from "@gr/core";

export const programs = {
  "select-width": (n, { width }) =>
    run(function* () {
      const channels = Array.from({ length: width }, () => chan());
      go(function* () {
        for (let i = 0; i < n; i++) yield* channels[i % width].send(1);
      });
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (yield* select(channels.map((c) => c.recv()))).value;
      return sum;
    }),
};
