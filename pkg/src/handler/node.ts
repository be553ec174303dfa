import { createGuard } from "../node.js";
import { handlerWith } from "./handler.js";

export * from "./api.js";

/** Makes a handler, in Node. */
export const createHandler = handlerWith(createGuard);
