import { chan, select } from "@gr/chan";
import { go, run, sleep } from "@gr/core";

run(function* () {
  const words = chan();
  const g = go(function* () {
    yield* sleep(1);
    yield* words.send("hello");
    return 1;
  });
  console.log(yield* select({ word: words.recv(), late: sleep(100) }), yield* g);
});
