import { createGuard } from "../edge-light.js";
import { handlerWith } from "./handler.js";

export * from "./api.js";

/** Makes a handler, in an edge function. */
export const createHandler = handlerWith(createGuard);
