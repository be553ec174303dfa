import type { CreateGuard } from "./api.js";
import { createGuardWith } from "./host.js";

export * from "./api.js";

/** Makes a guard, in Deno; from the file system, that takes `--allow-read`. */
export const createGuard: CreateGuard = createGuardWith(async () => {
  const response = await fetch(new URL("./wasm/harness_image_guard_bg.wasm", import.meta.url));
  return WebAssembly.compile(await response.arrayBuffer());
});
