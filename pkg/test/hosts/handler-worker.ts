import { createHandler } from "harness-image-guard/handler";

import { conversation, type Question } from "./conversation.js";

export default {
  /** A worker that is asked by POST for the whole conversation. */
  async fetch(request: Request): Promise<Response> {
    return new Response(await conversation(createHandler, (await request.json()) as Question[]));
  },
};
