import { HarnessImageGuardError } from "../error.js";
import { jsonText } from "../formats/json.js";

/** Why a request isn't answered as it was asked: a status, and the error that the body has. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  /** For programs: `invalid_parameter`, as OPA has it. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is wrong one by one, where that is known. */
  readonly errors: readonly unknown[];

  constructor(
    status: number,
    code: string,
    message: string,
    { headers = {}, errors = [] }: { readonly headers?: Readonly<Record<string, string>>; readonly errors?: readonly unknown[] } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.errors = errors;
  }
}

/** A body or parameter that can't be what it has to be. */
export function invalid(message: string): Refusal {
  return new Refusal(400, "invalid_parameter", message);
}

/** More than a limit allows. */
export function tooLarge(message: string): Refusal {
  return new Refusal(413, "too_large", message);
}

/** Any error as a refusal: what isn't the asker's fault says nothing of how this server is made. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof HarnessImageGuardError && error.code === "usage") return invalid(error.message);
  return new Refusal(500, "internal_error", "the request failed because of an internal error; the next one is answered by a fresh instance");
}

/** The refusal as a response. */
export function refused({ status, code, message, headers, errors }: Refusal): Response {
  return new Response(errorText(code, message, errors), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** An error as OPA writes it: `{"code", "message", "errors"}`. */
export function errorText(code: string, message: string, errors: readonly unknown[] = []): string {
  return jsonText({ code, message, ...(errors.length === 0 ? {} : { errors }) });
}
