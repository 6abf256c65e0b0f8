import { go, run, sleep } from "@gr/core";

run(function* () {
  const g = go(function* () {
    yield* sleep(1);
    return "hello";
  });
  console.log(yield* g);
});
