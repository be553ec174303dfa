import { isObject } from "../../json-object.js";

/** The platforms that can report changes. */
export const platforms = ["github", "gitlab", "bitbucket", "harness"] as const;

/** One of {@link platforms}. */
export type Platform = (typeof platforms)[number];

/** A change that a platform reports. */
export interface Change {
  readonly platform: Platform;
  readonly kind: "push" | "pull-request";
  /** The repository's name on the platform: `owner/name`. */
  readonly repository: string;
  /** The commit to check. */
  readonly commit: string;
  /** The branch, without `refs/heads/`. */
  readonly branch: string;
  /** The number of the pull request; `null` for a push. */
  readonly number: number | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** A value in a payload, by its keys; `undefined` where it isn't there. */
function at(payload: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), payload);
}

function stringAt(payload: unknown, ...keys: readonly string[]): string | undefined {
  const value = at(payload, ...keys);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberAt(payload: unknown, ...keys: readonly string[]): number | null {
  const value = at(payload, ...keys);
  return typeof value === "number" ? value : null;
}

function push(platform: Platform, repository: string | undefined, commit: string | undefined, ref: string | undefined): readonly Change[] {
  // A branch that is deleted has the commit 0000….
  if (repository === undefined || commit === undefined || /^0*$/.test(commit) || ref === undefined || ref.startsWith("refs/tags/")) return [];
  return [{ platform, kind: "push", repository, commit, branch: branchOf(ref), number: null }];
}

function pullRequest(platform: Platform, repository: string | undefined, commit: string | undefined, branch: string | undefined, number: number | null): readonly Change[] {
  if (repository === undefined || commit === undefined || branch === undefined || number === null) return [];
  return [{ platform, kind: "pull-request", repository, commit, branch: branchOf(branch), number }];
}

function branchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, "");
}

function ofGithub(event: string, payload: Fields): readonly Change[] {
  const repository = stringAt(payload, "repository", "full_name");
  if (event === "push") return push("github", repository, stringAt(payload, "after"), stringAt(payload, "ref"));
  const isNew = event === "pull_request" && ["opened", "synchronize", "reopened"].includes(stringAt(payload, "action") ?? "");
  return isNew ? pullRequest("github", repository, stringAt(payload, "pull_request", "head", "sha"), stringAt(payload, "pull_request", "head", "ref"), numberAt(payload, "number")) : [];
}

function ofGitlab(event: string, payload: Fields): readonly Change[] {
  const repository = stringAt(payload, "project", "path_with_namespace");
  if (event === "Push Hook") return push("gitlab", repository, stringAt(payload, "after"), stringAt(payload, "ref"));
  const attributes = at(payload, "object_attributes");
  const isNew = event === "Merge Request Hook" && ["open", "update", "reopen"].includes(stringAt(attributes, "action") ?? "");
  return isNew ? pullRequest("gitlab", repository, stringAt(attributes, "last_commit", "id"), stringAt(attributes, "source_branch"), numberAt(attributes, "iid")) : [];
}

function ofBitbucket(event: string, payload: Fields): readonly Change[] {
  const repository = stringAt(payload, "repository", "full_name");
  if (event === "repo:push") {
    const changes = at(payload, "push", "changes");
    const branches = Array.isArray(changes) ? changes.map((change: unknown) => at(change, "new")).filter((each) => stringAt(each, "type") === "branch") : [];
    return branches.flatMap((branch) => push("bitbucket", repository, stringAt(branch, "target", "hash"), stringAt(branch, "name")));
  }
  const request = at(payload, "pullrequest");
  const isNew = event === "pullrequest:created" || event === "pullrequest:updated";
  return isNew ? pullRequest("bitbucket", repository, stringAt(request, "source", "commit", "hash"), stringAt(request, "source", "branch", "name"), numberAt(request, "id")) : [];
}

function ofHarness(event: string, payload: Fields): readonly Change[] {
  const repository = stringAt(payload, "repo", "path");
  if (event === "branch_created" || event === "branch_updated") return push("harness", repository, stringAt(payload, "sha"), stringAt(payload, "ref", "name"));
  const isNew = ["pullreq_created", "pullreq_reopened", "pullreq_branch_updated"].includes(event);
  return isNew ? pullRequest("harness", repository, stringAt(payload, "sha"), stringAt(payload, "pull_req", "source_branch"), numberAt(payload, "pull_req", "number")) : [];
}

/** The header that names the event, and what of it is a change. */
const readers: Readonly<Record<Platform, { readonly header: string; readonly read: (event: string, payload: Fields) => readonly Change[] }>> = {
  github: { header: "x-github-event", read: ofGithub },
  gitlab: { header: "x-gitlab-event", read: ofGitlab },
  bitbucket: { header: "x-event-key", read: ofBitbucket },
  harness: { header: "x-harness-trigger", read: ofHarness },
};

/** The changes that a delivery reports; none where it is about something else, such as a comment or a deleted branch. */
export function changesOf(platform: Platform, headers: Headers, payload: unknown): readonly Change[] {
  const { header, read } = readers[platform];
  return isObject(payload) ? read(headers.get(header) ?? "", payload) : [];
}
