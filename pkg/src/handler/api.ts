export type { AccessToken } from "./access.js";
export type { CorsOptions } from "./cors.js";
export type { Circumstances, CreateHandler, Handler, HandlerOptions } from "./handler.js";
export type { Limits } from "./limits.js";
export type { LogEntry } from "./log.js";
export type { Scope } from "./scope.js";
export type { RegoOptions } from "./opa/served-policy.js";
export type { Change, Platform } from "./webhook/change.js";
export type { ChangeCheck, DeliveryContext, WebhookOptions } from "./webhook/webhook-routes.js";
