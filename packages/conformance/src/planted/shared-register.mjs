// Given to Node by --import, in the tests' processes and in each of their workers.
import { register } from "node:module";

register("./shared-hook.mjs", import.meta.url);
