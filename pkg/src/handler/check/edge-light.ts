import module from "../../wasm/harness_image_guard_bg.wasm?module";

import { checkHandlerWith } from "./check-handler.js";

export * from "../api.js";

/** Makes a handler that reads no Rego, in an edge function, whose bundler asks for `?module`. */
export const createHandler = checkHandlerWith(() => Promise.resolve(module));
