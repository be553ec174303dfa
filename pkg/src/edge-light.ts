import module from "./wasm/harness_image_guard_bg.wasm?module";

import type { CreateGuard } from "./api.js";
import { createGuardWith } from "./host.js";

export * from "./api.js";

/** Makes a guard, in an edge function, whose bundler asks for `?module`. */
export const createGuard: CreateGuard = createGuardWith(() => Promise.resolve(module));
