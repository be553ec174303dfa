import { readFile } from "node:fs/promises";

import type { CreateGuard } from "./api.js";
import { createGuardWith } from "./host.js";

export * from "./api.js";

/** Makes a guard, in Node. */
export const createGuard: CreateGuard = createGuardWith(async () =>
  WebAssembly.compile(
    await readFile(new URL("./wasm/harness_image_guard_bg.wasm", import.meta.url)),
  ),
);
