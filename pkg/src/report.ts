// Written from src/report by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

/**
 * Everything a check has to say, in one value.
 *
 * The same files and configuration give the same bytes on every host.
 */
export type Report = { 
/**
 * The version of this contract: 1.
 */
schemaVersion: number, 
/**
 * The diagnostics, sorted by file, offset and rule: all, but for those that `omitted` counts.
 */
diagnostics: Array<Diagnostic>, 
/**
 * What was found beyond the most that is listed of one kind in one document, sorted like the
 * diagnostics; nearly always empty.
 */
omitted: Array<Omitted>, 
/**
 * Every file that was handed in, sorted by path, with what it held.
 */
files: Array<FileReport>, 
/**
 * The lists of connectors that the configuration names, in the order of their files.
 */
connectorLists: Array<ConnectorListReport>, 
/**
 * The counts.
 */
summary: Summary, };

/**
 * One thing that a rule, or the check itself, has to say about one place.
 */
export type Diagnostic = { 
/**
 * The rule's identity, `no-docker-hub`; for an `error` what went wrong: `unreadable`,
 * `syntax`, `unknown-entity`, `too-deep`, `limit`, `policy`.
 */
rule: string, 
/**
 * What the rule concluded.
 */
verdict: Verdict, 
/**
 * How much it weighs.
 */
severity: Severity, 
/**
 * One sentence for a person.
 */
message: string, 
/**
 * The kind of entity that it is about.
 */
entity: string | null, 
/**
 * Where that is in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.
 */
subject: string | null, 
/**
 * The place in the document, from its root; empty for the document as a whole. A key of more than
 * 500 characters is cut.
 */
path: Array<PathStep>, 
/**
 * The file, as it was handed in.
 */
file: string, 
/**
 * The document's place in the file, from 0; `null` where it is about the whole file.
 */
document: number | null, 
/**
 * Where it starts.
 */
start: Position, 
/**
 * Where it ends, exclusive.
 */
end: Position, 
/**
 * What to write instead.
 */
help: string | null, 
/**
 * The address of the page that explains the rule.
 */
docs: string | null, 
/**
 * The edits that fix it; `null` where no rule proposes any, or they can't be made with
 * certainty.
 */
fix: Fix | null, 
/**
 * Why it doesn't count, where it was suppressed.
 */
suppressed: string | null, 
/**
 * The exception by which it doesn't count; `null` where it counts, or is suppressed by a baseline.
 */
exception: Exception | null, 
/**
 * The images that it is about, the first of them where they are very many.
 */
images: Array<string>, 
/**
 * Other places that it rests on: where the value of an expression is written.
 */
related: Array<Related>, };

/**
 * What a rule concluded.
 */
export type Verdict = "violation" | "undecided" | "error";

/**
 * How much a diagnostic weighs; `Note` is the least.
 */
export type Severity = (typeof severities)[number];

/**
 * How much a diagnostic weighs; `Note` is the least.
 */
export const severities = [
  "note",
  "warning",
  "error",
] as const;

/**
 * One step of a path into a document: a key, or a place in a list (from 0).
 */
export type PathStep = number | string;

/**
 * A place in a file.
 */
export type Position = { 
/**
 * From 1.
 */
line: number, 
/**
 * From 1, in Unicode code points.
 */
column: number, 
/**
 * From 0, in bytes of UTF-8.
 */
offset: number, };

/**
 * What keeps a finding from counting, until a day.
 */
export type Exception = { 
/**
 * What makes it.
 */
kind: ExceptionKind, 
/**
 * The file with the comment, or the configuration.
 */
file: string, 
/**
 * The line of the comment, or of the exception in the configuration, from 1.
 */
line: number, 
/**
 * Its last day, `2027-03-01`; `null` where it has none.
 */
until: string | null, 
/**
 * Why; `null` where nobody says.
 */
reason: string | null, };

/**
 * What makes an exception.
 */
export type ExceptionKind = "comment" | "configuration";

/**
 * A place that a diagnostic rests on.
 */
export type Related = { 
/**
 * The file, as it was handed in.
 */
file: string, 
/**
 * The document's index in the file, from 0.
 */
document: number, 
/**
 * Where it starts.
 */
start: Position, 
/**
 * Where it ends, exclusive.
 */
end: Position, 
/**
 * What is there.
 */
message: string, };

/**
 * The edits of a file that fix one finding: all of them or none.
 *
 * After them the finding is gone and no new one is there, and nothing is changed but what they
 * say: comments, quotes, indentation and line breaks around them stay.
 */
export type Fix = { 
/**
 * Whether they may be made without asking.
 */
applicability: Applicability, 
/**
 * What they do: a short sentence in the imperative.
 */
title: string, 
/**
 * Sorted by place, and apart from each other.
 */
edits: Array<Edit>, };

/**
 * A stretch of the file and what to write in its place.
 */
export type Edit = { 
/**
 * Where what goes away starts.
 */
start: Position, 
/**
 * Where it ends, exclusive; at the start where text is only put in.
 */
end: Position, 
/**
 * What is written instead.
 */
text: string, };

/**
 * Whether a fix may be made without asking.
 */
export type Applicability = "safe" | "unsafe";

/**
 * Diagnostics of one kind in one document that aren't listed: the report has as many of their kind as
 * are listed at most, the first ones of the document.
 */
export type Omitted = { 
/**
 * The file, as it was handed in.
 */
file: string, 
/**
 * The document's place in the file, from 0.
 */
document: number, 
/**
 * The rule's identity.
 */
rule: string, 
/**
 * What the rule concluded.
 */
verdict: Verdict, 
/**
 * How much each weighs.
 */
severity: Severity, 
/**
 * Whether each is suppressed by an exception.
 */
suppressed: boolean, 
/**
 * How many there are.
 */
count: number, 
/**
 * How many of them have a fix that is safe.
 */
safeFixes: number, 
/**
 * How many of them have a fix that somebody has to ask for.
 */
unsafeFixes: number, };

/**
 * One file and its documents.
 */
export type FileReport = { 
/**
 * The path as it was handed in.
 */
path: string, 
/**
 * Its YAML documents in order; none for an empty file or one that could not be read.
 */
documents: Array<DocumentReport>, };

/**
 * A list of connectors that exist only in the account.
 */
export type ConnectorListReport = { 
/**
 * The file, as it was handed in.
 */
file: string, 
/**
 * When the account had these connectors, as the list says it (`madeAt`).
 */
madeAt: string | null, 
/**
 * How many days ago that is, by the day of the check; `null` where one of the two is unknown.
 */
days: number | null, };

/**
 * One YAML document of a file.
 */
export type DocumentReport = { 
/**
 * Its place in the file, from 0.
 */
index: number, 
/**
 * The Harness entity that it holds; `null` where it is none, or unknown.
 */
entity: string | null, 
/**
 * The entity's `identifier` (v0) or `id` (v1).
 */
identifier: string | null, 
/**
 * What the check came to.
 */
status: Status, 
/**
 * Why a document is not applicable, such as `a Kubernetes resource (Service)`; else `null`.
 */
reason: string | null, };

/**
 * What checking one document came to.
 */
export type Status = "pass" | "fail" | "undecided" | "error" | "not-applicable";

/**
 * Counts over the whole report, with what `omitted` counts.
 */
export type Summary = { 
/**
 * Files handed in.
 */
files: number, 
/**
 * Documents in them.
 */
documents: number, 
/**
 * Diagnostics of severity `error` that count.
 */
errors: number, 
/**
 * Diagnostics of severity `warning` that count.
 */
warnings: number, 
/**
 * Diagnostics with the verdict `undecided` that count, of whatever severity.
 */
undecided: number, 
/**
 * Diagnostics that were suppressed.
 */
suppressed: number, };

/**
 * What fixing came to.
 */
export type Fixed = { 
/**
 * The files that changed, sorted by path.
 */
files: Array<FixedFile>, 
/**
 * What is left, with the places as they are in the changed files.
 */
report: Report, };

/**
 * A file that changed.
 */
export type FixedFile = { 
/**
 * The path as it was handed in.
 */
path: string, 
/**
 * Its new text.
 */
text: string, 
/**
 * How many findings were fixed in it.
 */
fixes: number, };
