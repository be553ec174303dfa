import { defaultPath, mostStripped, uploadTypes } from "./upload.js";

/** A parameter of a URL as OpenAPI describes it. */
export function query(name: string, description: string, schema: object): object {
  return { name, in: "query", description, schema };
}

/** The body that brings files, in every form in which it can be sent. */
export function filesBody(): object {
  const binary = { type: "string", format: "binary" };
  const content = (types: readonly string[], schema: object) => types.map((type) => [type, { schema }]);
  return {
    required: true,
    content: Object.fromEntries([
      ...content(uploadTypes.json, { $ref: "#/components/schemas/Files" }),
      ...content(uploadTypes.multipart, { type: "object", additionalProperties: binary, description: "Each part is a file; its path is its file name, and without one the name of the field." }),
      ...content(uploadTypes.file, { type: "string", description: "One file in YAML." }),
      ...content([...uploadTypes.zip, ...uploadTypes.gzippedTar, ...uploadTypes.tar], binary),
    ]),
  };
}

/** The parameters of every request that brings files. */
export const filesParameters: readonly object[] = [
  query("path", "The path of the file, if the body is one file.", { type: "string", default: defaultPath }),
  query("strip", "How many leading folders to remove from the paths in an archive.", { type: "integer", minimum: 0, maximum: mostStripped, default: 0 }),
];

/** Answers of a route by their media types, each of which is text; JSON may have a schema. */
export function answers(description: string, types: readonly string[], json?: object): object {
  const content = types.map((type) => [type, { schema: type === "application/json" && json !== undefined ? json : { type: "string" } }]);
  return { description, content: Object.fromEntries(content) };
}

/** The ways in which a request for anything can be refused. */
export function refusals(...statuses: readonly (keyof typeof reasons)[]): Readonly<Record<string, object>> {
  return Object.fromEntries(statuses.map((status) => [status, { description: reasons[status], content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } }]));
}

const reasons = {
  400: "The request is wrong: `message` says where.",
  401: "The token is missing or wrong.",
  403: "The token has no access to this.",
  404: "There is no such resource.",
  406: "None of the types in `Accept` can be written.",
  408: "The body took too long.",
  413: "The body, what it unpacks to, or the number of files is too large.",
  415: "The body is of another type.",
  429: "Too many requests at once, or too many wrong tokens.",
  500: "An internal error; the next request isn't affected.",
  501: "What the request asks for isn't implemented.",
  502: "The files of the change, or the platform, can't be reached.",
  503: "The server can't start with the configuration that it has.",
} as const;
