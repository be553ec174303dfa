import { answer, type Question } from "./answer.js";

export default {
  /** A worker that is asked by POST. */
  async fetch(request: Request): Promise<Response> {
    return new Response(await answer((await request.json()) as Question));
  },
};
