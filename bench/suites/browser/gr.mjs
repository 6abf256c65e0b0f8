import { framesOf } from "./chromium.mjs";

export const programs = { "late-frames": (n, p) => framesOf(n, p.pairs, p) };
