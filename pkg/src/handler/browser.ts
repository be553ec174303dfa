import { compileRego, createGuard, exportPolicies, loadFiles, readDocument } from "../browser.js";
import { fullRoutes } from "./full-routes.js";
import { handlerWith } from "./handler.js";

export * from "./api.js";

/** Makes a handler, in whatever fetches its modules. */
export const createHandler = handlerWith({
  createGuard,
  rego: { compileRego, exportPolicies, loadFiles, readDocument },
  routes: fullRoutes,
});
