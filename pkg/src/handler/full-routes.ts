import { evaluateRoute } from "./harness/evaluate-route.js";
import { dataRoutes } from "./opa/data-routes.js";
import { policiesRoutes } from "./opa/policies-routes.js";
import { queryRoutes } from "./opa/query-routes.js";
import type { Route } from "./route.js";
import { checkRoutes } from "./routes.js";

/** What a build answers that reads Rego. */
export const fullRoutes: readonly Route[] = [...checkRoutes, ...dataRoutes, ...queryRoutes, ...policiesRoutes, evaluateRoute];
