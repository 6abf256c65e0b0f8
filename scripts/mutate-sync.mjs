// Mutation test of the protocols of shared mutexes and wait groups; see mutants.mjs.
import { mutate } from "./mutants.mjs";

await mutate({
  name: "sync",
  files: ["sync/shared-count", "sync/shared-hold", "sync/shared-queue"],
  tests: ["shared-group", "shared-mutex", "shared-deaths"],
  steps: ["appendWaiter", "removeWaiter", "bump", "claimAll", "claimFirst", "breakLock", "lock", "unlock"],
  looks: ["isDead", "take1", "ownerOf", "gone", "holdNow", "judge"],
});
