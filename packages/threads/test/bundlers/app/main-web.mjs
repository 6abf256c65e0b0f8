import { program } from "./program.mjs";

program(() => new Worker(new URL("./gr-worker.mjs", import.meta.url), { type: "module" })).then(
  (text) => {
    document.title = text;
  },
  (err) => {
    document.title = String(err);
  },
);
