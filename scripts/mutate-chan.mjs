// Mutation test of the protocol of shared channels; see mutants.mjs.
import { mutate } from "./mutants.mjs";

await mutate({
  name: "chan",
  // The first two are for everything that threads share.
  files: ["shm/claim", "shm/wait-list", "chan/shared-ring", "chan/shared-protocol", "shm/ref-counts"],
  tests: ["ref-counts", "shared-ring", "shared-protocol", "shared-ready", "shared-deaths-buffer", "shared-deaths"],
  steps: [
    "unlink",
    "removeWaiter",
    "link",
    "appendWaiter",
    "bump",
    "copySlot",
    "give",
    "takeFrom",
    "putLast",
    "getFirst",
    "moveIn",
    "takeFirst",
    "breakLock",
    "lock",
    "unlock",
    "lockBoth",
    "unlockBoth",
  ],
  looks: ["isDead", "take1", "ownerOf", "countOf", "mayPut", "mayGet"],
});
