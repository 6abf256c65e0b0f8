import { defineConfig, type UserConfig } from "vite";

// SharedArrayBuffer needs a page that is isolated from others; src/server.mjs sends the same headers.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const config: UserConfig = defineConfig({
  base: "./",
  // A goroutine's name is its function's, so names must survive the minifier.
  build: { target: "es2022", rolldownOptions: { output: { keepNames: true } } },
  worker: { format: "es", rolldownOptions: { output: { keepNames: true } } },
  server: { headers },
  preview: { headers },
});

export default config;
