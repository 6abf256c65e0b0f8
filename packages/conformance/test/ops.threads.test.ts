import { channelKinds } from "../src/op-kinds.ts";
import { opSuite } from "../src/op-suite.ts";
import { overThreads } from "../src/over-threads.ts";
import { giveWhatComes } from "../src/programs/life.ts";
import { closeLater, feed, sumOf } from "../src/programs/plumbing.ts";

overThreads({
  Ops: (make) =>
    opSuite(
      channelKinds({
        chan: (capacity) => make.chan(capacity),
        send: (c, value) => void make.spawn(feed, c as never, value as never, 1),
        receive: (c) => void make.spawn(sumOf, c as never, 1, make.chan<number>(1)),
        atOnce: false,
        close: (c) => void make.spawn(closeLater, c, 0),
        giving: (gate) => make.spawn(giveWhatComes, gate),
      }),
    ),
});
