import { createGuard } from "../deno.js";
import { handlerWith } from "./handler.js";

export * from "./api.js";

/** Makes a handler, in Deno. */
export const createHandler = handlerWith(createGuard);
