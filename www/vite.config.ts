import { fileURLToPath } from "node:url";

import { defineConfig, type Rolldown } from "vite";

import { content } from "./build/content.ts";
import { docs } from "./build/docs.ts";
import { offline } from "./build/offline.ts";

/** Both modules have files of the same names: those of the heavy one, which many visitors don't need, get another name. */
const output: Rolldown.OutputOptions = {
  assetFileNames: ({ originalFileNames }) =>
    originalFileNames.some((path) => path.includes("authoring"))
      ? "assets/authoring-[hash][extname]"
      : "assets/[name]-[hash][extname]",
  chunkFileNames: ({ moduleIds }) =>
    moduleIds.some((id) => id.includes("dist/authoring"))
      ? "assets/authoring-[hash].js"
      : "assets/[name]-[hash].js",
};

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Works from any folder of any server.
  base: "./",
  plugins: [content(), docs(), offline()],
  worker: { format: "es", rolldownOptions: { output } },
  build: {
    target: "es2023",
    // All of them have `light-dark()`, so it isn't replaced.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    emptyOutDir: true,
    rolldownOptions: {
      output,
      input: {
        index: fileURLToPath(new URL("index.html", import.meta.url)),
        docs: fileURLToPath(new URL("src/docs.ts", import.meta.url)),
      },
    },
  },
});
