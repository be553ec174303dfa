import { checkRoute } from "./check-route.js";
import { fixRoute } from "./fix-route.js";
import { imagesRoute } from "./images-route.js";
import type { Route } from "./route.js";
import { statusRoutes } from "./status-routes.js";
import { webhookRoutes } from "./webhook/webhook-routes.js";

/** What every build answers. */
export const checkRoutes: readonly Route[] = [checkRoute, imagesRoute, fixRoute, ...webhookRoutes, ...statusRoutes];
