import { entryWith } from "../../host.js";
import { type CreateHandler, handlerWith } from "../handler.js";
import { checkRoutes } from "../routes.js";

/**
 * `createHandler` of a build without the module that reads Rego: it is a quarter as large.
 *
 * @param load how the host gets at the compiled module
 */
export function checkHandlerWith(load: () => Promise<WebAssembly.Module>): CreateHandler {
  const { createGuard } = entryWith(load, () => Promise.reject(new Error("this build reads no Rego; 'harness-image-guard/handler' does")));
  return handlerWith({ createGuard, routes: checkRoutes });
}
