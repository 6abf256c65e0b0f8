import { go, run, sleep } from "@gr/core";
import { Mutex, WaitGroup } from "@gr/sync";

run(function* () {
  const wg = new WaitGroup();
  const mu = new Mutex();
  wg.go(function* () {
    const lock = yield* mu.lock();
    yield* sleep(1);
    lock.release();
  });
  const g = go(function* () {
    yield* wg.wait();
    return "hello";
  });
  console.log(yield* g);
});
