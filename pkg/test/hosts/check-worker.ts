import { createHandler } from "harness-image-guard/handler/check";

const handler = createHandler({ anonymous: true });

export default {
  /** A worker as small as it gets. */
  fetch: (request: Request): Promise<Response> => handler.fetch(request),
};
