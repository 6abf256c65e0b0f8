import { go, portable, run, sleep } from "@gr/core";
import { startThreads } from "@gr/threads";

const hello = portable(import.meta.url, "hello", function* () {
  yield* sleep(1);
  return "hello";
});
const threads = await startThreads();
await run(function* () {
  console.log(yield* go(hello));
});
await threads.close();
