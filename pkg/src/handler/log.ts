/** What is logged of a request: nothing of what is in it, neither contents nor paths nor queries. */
export interface LogEntry {
  /** When it ended, as RFC 3339 writes it. */
  readonly time: string;
  /** `error` where this server failed, `warn` where the request was refused. */
  readonly level: "info" | "warn" | "error";
  readonly message: "request" | "start" | "stop" | "worker";
  readonly method?: string;
  /** The route as the table has it, without what the request has in its place; `null` where there is none. */
  readonly route?: string | null;
  readonly status?: number;
  readonly milliseconds?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentId?: string;
  /** Who asked, as the host calls them. */
  readonly client?: string;
  /** The name of the token. */
  readonly token?: string;
  /** The code of the error. */
  readonly code?: string;
  /** What went wrong in this server, where it is a fault of its own. */
  readonly fault?: string;
  /** How many files the request brought. */
  readonly files?: number;
  /** How many findings the answer has. */
  readonly findings?: number;
  /** What the answer calls the decision. */
  readonly decisionId?: string;
  /** Where a server listens. */
  readonly address?: string;
  /** What ends a server. */
  readonly signal?: string;
  /** The process id of a worker that has ended. */
  readonly worker?: number;
}
