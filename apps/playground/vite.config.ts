import { defineConfig, type UserConfig } from "vite";

// SharedArrayBuffer needs a page that is isolated from others; src/server.mjs sends the same headers.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const config: UserConfig = defineConfig({
  base: "./",
  build: { target: "es2022", chunkSizeWarningLimit: 600 },
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
});

export default config;
