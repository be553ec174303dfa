/** What a token may be good for. */
export const scopes = ["check", "images", "fix", "data", "query", "policies", "evaluate", "metrics"] as const;

/** One of {@link scopes}. */
export type Scope = (typeof scopes)[number];
