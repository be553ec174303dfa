import { showReport } from "../formats.js";
import { jsonText } from "../formats/json.js";
import type { Guard } from "../guard.js";
import { inert } from "../inert.js";
import type { Report, Severity } from "../report.js";
import type { ReportFormat } from "../report-format.js";
import { worstFirst } from "../severity.js";
import type { SourceFile } from "../source-file.js";
import { formatOf } from "./accept.js";
import { answers, filesBody, filesParameters, query, refusals } from "./operation.js";
import { choiceOf, numberOf, parametersOf } from "./parameter.js";
import type { Asked, Route } from "./route.js";
import { mostStripped, uploaded } from "./upload.js";

/** The forms of a report, and the media types by which they are asked for. */
export const reportTypes = {
  json: "application/json",
  text: "text/plain",
  sarif: "application/sarif+json",
  markdown: "text/markdown",
  junit: "application/vnd.junit+xml",
  checkstyle: "application/vnd.checkstyle+xml",
  tap: "text/vnd.tap",
  gitlab: "application/vnd.gitlab.codequality+json",
  github: "text/vnd.github.workflow-commands",
  rdjson: "application/vnd.reviewdog.rdjson+json",
} as const satisfies Readonly<Record<ReportFormat | "text", string>>;

/** One of {@link reportTypes}. */
export type ShownFormat = keyof typeof reportTypes;

/** `POST /v1/check`: files in, the report out. */
export const checkRoute: Route = {
  method: "POST",
  path: "/v1/check",
  scope: "check",
  operation: {
    operationId: "check",
    summary: "Check files",
    description: "All files are checked together, because connectors decide what pipelines pull. What is wrong with a file is in the report; the status is 200 whatever is found. The header `Harness-Image-Guard-Exit-Code` has the exit code of the command.",
    parameters: [
      ...filesParameters,
      query("format", "The format of the report; overrides `Accept`.", { type: "string", enum: Object.keys(reportTypes) }),
      query("fail-on", "The least severity that ends in exit code 1.", { type: "string", enum: worstFirst, default: "error" }),
    ],
    requestBody: filesBody(),
    responses: {
      200: answers("The report.", Object.values(reportTypes), { $ref: "#/components/schemas/Report" }),
      ...refusals(400, 401, 403, 406, 408, 413, 415, 429, 500, 503),
    },
  },
  answer: async (asked) => {
    const { request, url, service, note } = asked;
    const parameters = parametersOf(url, ["path", "strip", "format", "fail-on"]);
    const failOn = choiceOf("fail-on", parameters["fail-on"], worstFirst) ?? "error";
    const format = formatOf(request, parameters.format, reportTypes);
    const files = await filesOf(asked, parameters);
    const guard = await service.guard();
    const { report, exitCode } = guard.judge(files, failOn);
    service.metrics.report(report);
    note.findings = report.diagnostics.length;
    return {
      type: reportTypes[format],
      headers: { "harness-image-guard-exit-code": String(exitCode) },
      body: await shownAs(format, report, guard, files, failOn),
    };
  },
};

async function shownAs(format: ShownFormat, report: Report, guard: Guard, files: readonly SourceFile[], failOn: Severity): Promise<string | readonly string[]> {
  switch (format) {
    // What is asked for most needs no fingerprints, for which others read every file again.
    case "json":
      return jsonText(report);
    case "text":
      return textOf(guard, report, files, failOn);
    default:
      return showReport(report, format, { files, failOn });
  }
}

/** The files of a request, which are noted. */
export async function filesOf({ request, service, note }: Asked, { path, strip }: { readonly path?: string; readonly strip?: string }): Promise<readonly SourceFile[]> {
  const files = await uploaded(request, { path, strip: numberOf("strip", strip, mostStripped) }, service.limits);
  note.files = files.length;
  return files;
}

/** All pages at once: a page that is asked for later might be asked of an instance that another request has broken. */
function textOf(guard: Guard, report: Report, files: readonly SourceFile[], failOn: Severity): readonly string[] {
  return [...guard.show(report, files, { color: false, failOn })].map((page) => inert(page));
}
