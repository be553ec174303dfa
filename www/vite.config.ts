import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

import { content } from "./build/content.ts";
import { docs } from "./build/docs.ts";
import { offline } from "./build/offline.ts";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Works from any folder of any server.
  base: "./",
  plugins: [content(), docs(), offline()],
  worker: { format: "es" },
  build: {
    target: "es2023",
    // Both know of `light-dark()`.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    emptyOutDir: true,
    rolldownOptions: {
      input: {
        index: fileURLToPath(new URL("index.html", import.meta.url)),
        docs: fileURLToPath(new URL("src/docs.ts", import.meta.url)),
      },
    },
  },
});
