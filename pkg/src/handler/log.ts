/** A log entry of a request. It has nothing of the request's contents, paths or queries. */
export interface LogEntry {
  /** When it ended, in the format of RFC 3339. */
  readonly time: string;
  /** `error` if the server failed, `warn` if the request was refused. */
  readonly level: "info" | "warn" | "error";
  readonly message: "request" | "start" | "stop" | "worker";
  readonly method?: string;
  /** The route as in the table, with `{path}` for what the request has there; `null` if there is none. */
  readonly route?: string | null;
  readonly status?: number;
  readonly milliseconds?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentId?: string;
  /** The client, as the host names it. */
  readonly client?: string;
  /** The name of the token. */
  readonly token?: string;
  /** The code of the error. */
  readonly code?: string;
  /** What went wrong, if it was the server's own fault. */
  readonly fault?: string;
  /** How many files the request had. */
  readonly files?: number;
  /** How many findings the response has. */
  readonly findings?: number;
  /** The `decision_id` of the response. */
  readonly decisionId?: string;
  /** The address on which the server listens. */
  readonly address?: string;
  /** The signal that stops the server. */
  readonly signal?: string;
  /** The process id of a worker that has ended. */
  readonly worker?: number;
}
