import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** True in the file that Node was asked to run, also when that was through a symbolic link. */
export function isMain(moduleUrl) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(moduleUrl);
}
