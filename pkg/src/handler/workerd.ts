import { createGuard } from "../workerd.js";
import { handlerWith } from "./handler.js";

export * from "./api.js";

/** Makes a handler, in workerd. */
export const createHandler = handlerWith(createGuard);
