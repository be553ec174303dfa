import { createGuard } from "../browser.js";
import { handlerWith } from "./handler.js";

export * from "./api.js";

/** Makes a handler, in whatever fetches its modules: a browser, Bun, a service worker. */
export const createHandler = handlerWith(createGuard);
