import { compileRego, createGuard, exportPolicies, loadFiles, readDocument } from "../edge-light.js";
import { fullRoutes } from "./full-routes.js";
import { handlerWith } from "./handler.js";

export * from "./api.js";

/** Makes a handler, in an edge function. */
export const createHandler = handlerWith({
  createGuard,
  rego: { compileRego, exportPolicies, loadFiles, readDocument },
  routes: fullRoutes,
});
