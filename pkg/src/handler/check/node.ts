import { readFile } from "node:fs/promises";

import { checkHandlerWith } from "./check-handler.js";

export * from "../api.js";

/** Makes a handler that reads no Rego, in Node and Bun. */
export const createHandler = checkHandlerWith(async () =>
  WebAssembly.compile(await readFile(new URL("../../wasm/harness_image_guard_bg.wasm", import.meta.url))),
);
