import { hex, sha256 } from "../../digest.js";
import { HarnessImageGuardError } from "../../error.js";
import { showReport } from "../../formats.js";
import { jsonText } from "../../formats/json.js";
import { withGivenFiles } from "../../given-files.js";
import { givenOptions, type OptionKinds, withoutNulls } from "../../given-options.js";
import type { Guard, Judged } from "../../guard.js";
import { isObject } from "../../json-object.js";
import type { SourceFile } from "../../source-file.js";
import type { Answer } from "../answer.js";
import { bodyOf, textOf } from "../body.js";
import type { Bytes } from "../byte-stream.js";
import { parsedJson } from "../json.js";
import { answers, refusals } from "../operation.js";
import { invalid, Refusal, tooLarge } from "../refusal.js";
import type { Asked, Route } from "../route.js";
import { type Change, changesOf, type Platform, platforms } from "./change.js";
import { Deliveries } from "./deliveries.js";
import { type Outcome, platformChecks } from "./platform-check.js";
import { assertSigned } from "./signature.js";

/** What the host's functions get with a delivery. */
export interface DeliveryContext {
  /** W3C's `traceparent`, for requests that are sent because of it. */
  readonly traceparent: string;
  /** Aborts when the time is up. */
  readonly signal: AbortSignal;
}

/** The result for one change. */
export interface ChangeCheck extends Outcome {
  /** The check of the commit, in the form that the platform's API takes. */
  readonly check: object;
}

/** How to answer webhooks. */
export interface WebhookOptions {
  /** The secret of each platform's webhook, or several while you rotate them. A platform without a secret isn't served. */
  readonly secrets: { readonly [Name in Platform]?: string | readonly string[] };
  /** Returns the files of a change at its commit: all files that have to be checked together. */
  readonly fetchFiles: (change: Change, context: DeliveryContext) => Promise<readonly SourceFile[]>;
  /** Sends the result for a change to the platform. Without it, only the response has the result. */
  readonly publish?: (change: Change, check: ChangeCheck, context: DeliveryContext) => Promise<void>;
  /**
   * Whether a delivery is new, if there are several instances. Without it, each instance only remembers the deliveries that it
   * has answered itself. For each delivery, only one call may return `true`.
   *
   * @param delivery a digest of what was signed
   */
  readonly isNew?: (delivery: string) => Promise<boolean>;
  /**
   * Makes a delivery new again, because it failed. If there is `isNew` without this function, such a delivery is lost: it
   * isn't answered when the platform sends it again.
   */
  readonly forget?: (delivery: string) => Promise<void>;
}

const webhookKinds: OptionKinds<WebhookOptions> = { secrets: "json", fetchFiles: "function", publish: "function", isNew: "function", forget: "function" };

/** How webhooks are answered, and what is remembered for it. */
export class Webhooks {
  readonly options: WebhookOptions;
  readonly #deliveries = new Deliveries();

  /** @throws HarnessImageGuardError with the code `usage` for a secret that is too short */
  constructor(given: WebhookOptions) {
    const options = withoutNulls(givenOptions(given, webhookKinds, "webhooks"));
    this.options = options;
    if (typeof options.fetchFiles !== "function") throw new HarnessImageGuardError("usage", "'webhooks' needs 'fetchFiles', a function");
    if (!isObject(options.secrets)) throw new HarnessImageGuardError("usage", "'webhooks' needs 'secrets', an object with the secret of each platform");
    for (const [platform, secrets] of Object.entries(options.secrets)) {
      if (!(platforms as readonly string[]).includes(platform)) throw new HarnessImageGuardError("usage", `there are no webhooks of '${platform}'; there are those of ${platforms.join(", ")}`);
      const wrong = [secrets].flat().some((secret) => typeof secret !== "string" || secret.length < 16);
      if (wrong || secrets.length === 0) throw new HarnessImageGuardError("usage", `the secret of '${platform}' has to have at least 16 characters`);
    }
  }

  /** Whether a delivery comes for the first time; from now on it doesn't. */
  async isNew(delivery: string): Promise<boolean> {
    const { isNew } = this.options;
    if (isNew === undefined) return this.#deliveries.isNew(delivery);
    const is: unknown = await isNew(delivery);
    // Taken for `false`, a function without `return` would leave every change unchecked.
    if (is === undefined) throw new TypeError("`isNew` returned nothing");
    return Boolean(is);
  }

  /** A delivery that couldn't be answered may come again. */
  async forget(delivery: string): Promise<void> {
    const { isNew, forget } = this.options;
    if (isNew === undefined) this.#deliveries.forget(delivery);
    await forget?.(delivery);
  }

  secretsOf(platform: Platform): readonly string[] {
    return [this.options.secrets[platform] ?? []].flat();
  }
}

/** `POST /webhook/github` and so on: a delivery in, the check of its change out. */
export const webhookRoutes: readonly Route[] = platforms.map((platform) => ({
  method: "POST",
  path: `/webhook/${platform}`,
  scope: undefined,
  operation: {
    operationId: `webhook_${platform}`,
    summary: `Answer a webhook of ${platform} with the check of its change`,
    description: "Signed by the platform, so that no token is needed. A delivery that comes twice is answered once.",
    requestBody: { required: true, content: { "application/json": { schema: { type: "object" } } } },
    responses: { 200: answers("The result for each change; none if the delivery is about something else.", ["application/json"], { type: "object" }), ...refusals(400, 401, 404, 408, 413, 415, 429, 500, 502, 503) },
  },
  answer: (asked) => answerDelivery(asked, platform),
}));

async function answerDelivery(asked: Asked, platform: Platform): Promise<Answer> {
  const { request, service } = asked;
  const { webhooks } = service;
  const secrets = webhooks?.secretsOf(platform) ?? [];
  if (webhooks === undefined || secrets.length === 0) throw new Refusal(404, "resource_not_found", `webhooks of '${platform}' aren't answered here`);
  const body = await bodyOf(request, service.limits);
  await assertSigned(platform, request.headers, body, secrets);
  assertNoForm(request.headers);
  const payload = parsedJson(textOf(body), service.limits.nesting);
  if (typeof payload !== "object") throw invalid("the body has to be an object");
  const changes = changesOf(platform, request.headers, payload);
  if (changes.length === 0) return jsonOf({ changes: [] });
  const delivery = await digestOf(platform, body);
  if (!(await inTime(service.limits.bodySeconds, (signal) => fromHost("isNew", signal, () => webhooks.isNew(delivery))))) return jsonOf({ delivery, duplicate: true, changes: [] });
  try {
    const checked: object[] = [];
    for (const change of changes) checked.push(await inTime(service.limits.bodySeconds, (signal) => checkWithin(signal, asked, change, webhooks.options)));
    return jsonOf({ delivery, duplicate: false, changes: checked });
  } catch (error) {
    // Should the host fail at that, too, the log says why the delivery failed.
    await inTime(service.limits.bodySeconds, (signal) => fromHost("forget", signal, () => webhooks.forget(delivery))).catch(() => undefined);
    throw error;
  }
}

/** GitHub sends a form unless JSON is chosen. */
function assertNoForm(headers: Headers): void {
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers.get("content-type") ?? "")) return;
  throw new Refusal(415, "unsupported_media_type", "the webhook sends a form: choose 'application/json' as its content type");
}

/** Work that gets a signal which says that its time is over. */
async function inTime<T>(seconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), seconds * 1000);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function checkWithin(signal: AbortSignal, { trace, service, note }: Asked, change: Change, { fetchFiles, publish }: WebhookOptions): Promise<object> {
  const context: DeliveryContext = { traceparent: trace.traceparent, signal };
  const files = await fromHost("fetchFiles", signal, () => fetchFiles(change, context));
  if (Array.isArray(files) && files.length > service.limits.files) throw tooLarge(`the change has more than ${service.limits.files} files`);
  const { report, exitCode } = judged(await service.guard(), files);
  note.files = (note.files ?? 0) + files.length;
  service.metrics.report(report);
  note.findings = (note.findings ?? 0) + report.diagnostics.length;
  const comment = await showReport(report, "markdown", { files });
  const outcome: Outcome = { report, files, exitCode, comment };
  const check = await platformChecks[change.platform](change, outcome);
  if (publish !== undefined) await fromHost("publish", signal, () => publish(change, { ...outcome, check }, context));
  return { change, exitCode: outcome.exitCode, check, comment };
}

/** What a guard says of files of the host, whose form is no fault of whoever asks. */
function judged(guard: Guard, files: readonly SourceFile[]): Judged {
  try {
    return withGivenFiles(files, () => guard.judge(files, "error"));
  } catch (error) {
    throw error instanceof HarnessImageGuardError && error.code === "usage" ? failed("fetchFiles", error) : error;
  }
}

/** What is said where a function of the host fails. */
const failures = {
  isNew: "whether the delivery is new isn't known",
  forget: "the delivery can't be forgotten",
  fetchFiles: "the files of the change can't be fetched",
  publish: "the check can't be sent to the platform",
} as const;

/** What a function of the host gives; that it fails is no fault of the handler's, nor of whoever asks. */
async function fromHost<T>(name: keyof typeof failures, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const tooLong = (): Error => new Error("it took too long");
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(tooLong()), { once: true });
  });
  try {
    // The time may be over already: then nothing says so any more.
    if (signal.aborted) throw tooLong();
    return await Promise.race([work(), late]);
  } catch (cause) {
    throw failed(name, cause);
  }
}

function failed(name: keyof typeof failures, cause: unknown): Refusal {
  const refusal = new Refusal(502, "upstream_error", failures[name]);
  refusal.cause = cause;
  return refusal;
}

function jsonOf(value: object): Answer {
  return { type: "application/json", body: jsonText(value) };
}

/** What says that a delivery is the same: what was signed. */
async function digestOf(platform: Platform, body: Bytes): Promise<string> {
  return `${platform}:${hex(await sha256(body))}`;
}
