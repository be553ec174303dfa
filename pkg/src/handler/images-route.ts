import { inert, inertCsv, inertJson } from "../inert.js";
import { formatOf } from "./accept.js";
import { filesOf } from "./check-route.js";
import { answers, filesBody, filesParameters, query, refusals } from "./operation.js";
import { flagOf, parametersOf } from "./parameter.js";
import type { Route } from "./route.js";

/** The forms of the list of images, and the media types by which they are asked for. */
const imageTypes = {
  json: "application/json",
  csv: "text/csv",
  markdown: "text/markdown",
  mermaid: "text/vnd.mermaid",
} as const;

type ImagesFormat = keyof typeof imageTypes;

const shownAs: Readonly<Record<ImagesFormat, (text: string) => string>> = {
  json: inertJson,
  csv: inertCsv,
  markdown: (text) => inert(text),
  mermaid: (text) => inert(text),
};

/** `POST /v1/images`: files in, every image of them out. */
export const imagesRoute: Route = {
  method: "POST",
  path: "/v1/images",
  scope: "images",
  operation: {
    operationId: "images",
    summary: "List every image with the registry that it comes from",
    description: "In JSON, `problems` says what couldn't be searched; in other formats, the header `Harness-Image-Guard-Exit-Code` is 4 instead.",
    parameters: [
      ...filesParameters,
      query("format", "The format of the list; overrides `Accept`.", { type: "string", enum: Object.keys(imageTypes) }),
      query("harness-images", "Whether to also list the images that Harness pulls for itself to run the stages.", { type: "boolean", default: false }),
    ],
    requestBody: filesBody(),
    responses: {
      200: answers("The list.", Object.values(imageTypes), { $ref: "#/components/schemas/Inventory" }),
      ...refusals(400, 401, 403, 406, 408, 413, 415, 429, 500, 503),
    },
  },
  answer: async (asked) => {
    const { request, url, service } = asked;
    const parameters = parametersOf(url, ["path", "strip", "format", "harness-images"]);
    const format = formatOf(request, parameters.format, imageTypes);
    const files = await filesOf(asked, parameters);
    const guard = await service.guard();
    const { output, exitCode } = guard.showImages(files, {
      format,
      color: false,
      complaintsInColor: false,
      harnessImages: flagOf("harness-images", parameters["harness-images"]),
    });
    return {
      type: imageTypes[format],
      headers: { "harness-image-guard-exit-code": String(exitCode) },
      body: shownAs[format](output),
    };
  },
};
