// Run by Vitest before each test file: plants the bug that GR_PLANTED names.
import { channelBugs } from "./channel-bugs.ts";
import { selectBugs } from "./select-bugs.ts";

const name = process.env.GR_PLANTED ?? "";
const bugs = { ...channelBugs, ...selectBugs };
if (name !== "") {
  const plant = bugs[name];
  if (plant === undefined) throw new Error(`no planted bug is called "${name}"`);
  plant();
}
