/** What a token may give access to. */
export const scopes = ["check", "images", "fix", "data", "query", "policies", "evaluate", "metrics"] as const;

/** One of {@link scopes}. */
export type Scope = (typeof scopes)[number];

/** Whether there is a scope of this name. */
export function isScope(name: string): name is Scope {
  return (scopes as readonly string[]).includes(name);
}
