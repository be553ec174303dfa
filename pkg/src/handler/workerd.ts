import { compileRego, createGuard, exportPolicies, loadFiles, readDocument } from "../workerd.js";
import { fullRoutes } from "./full-routes.js";
import { handlerWith } from "./handler.js";

export * from "./api.js";

/** Makes a handler, in workerd. */
export const createHandler = handlerWith({
  createGuard,
  rego: { compileRego, exportPolicies, loadFiles, readDocument },
  routes: fullRoutes,
});
