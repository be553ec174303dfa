// Written from src/report by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

/**
 * The result of a check.
 *
 * The same files and configuration give the same bytes on every host.
 */
export type Report = { 
/**
 * The version of this format: 1.
 */
schemaVersion: number, 
/**
 * The diagnostics, sorted by file, offset and rule, without those that `omitted` counts.
 */
diagnostics: Array<Diagnostic>, 
/**
 * Counts of the diagnostics beyond the most that are listed of one kind in one document, sorted like
 * the diagnostics; nearly always empty.
 */
omitted: Array<Omitted>, 
/**
 * Every file that was given, sorted by path, with its documents.
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
 * What a rule, or the check itself, reports about one place.
 */
export type Diagnostic = { 
/**
 * The rule's identity, such as `no-docker-hub`. With the verdict `error`, what went wrong: `unreadable`, `syntax`,
 * `unknown-entity`, `too-deep`, `limit`, `policy`; `image-exists` if a registry wasn't asked or didn't answer.
 */
rule: string, 
/**
 * What the rule concluded.
 */
verdict: Verdict, 
/**
 * How serious it is.
 */
severity: Severity, 
/**
 * What is wrong, in one sentence.
 */
message: string, 
/**
 * The kind of entity that it is about, such as `pipeline`.
 */
entity: string | null, 
/**
 * The place in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.
 */
subject: string | null, 
/**
 * The path from the document's root; empty for the whole document. A key of more than 500 characters is cut.
 */
path: Array<PathStep>, 
/**
 * The file's path, as it was given.
 */
file: string, 
/**
 * The document's index in the file, from 0; `null` if it is about the whole file.
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
 * The edits that fix it; `null` if there is no fix, or none that is certain.
 */
fix: Fix | null, 
/**
 * Why it doesn't count; `null` unless it is suppressed.
 */
suppressed: string | null, 
/**
 * The exception that suppresses it; `null` if it counts, or a baseline suppresses it.
 */
exception: Exception | null, 
/**
 * The images that it is about; if there are very many, the first ones.
 */
images: Array<string>, 
/**
 * Other places that it depends on: where the value of an expression is written.
 */
related: Array<Related>, };

/**
 * What a rule concluded.
 */
export type Verdict = "violation" | "undecided" | "error";

/**
 * How serious a diagnostic is, from `note` to `error`.
 */
export type Severity = (typeof severities)[number];

/**
 * How serious a diagnostic is, from `note` to `error`.
 */
export const severities = [
  "note",
  "warning",
  "error",
] as const;

/**
 * One step of a path into a document: a key, or an index of a list (from 0).
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
 * What suppresses a finding until a day.
 */
export type Exception = { 
/**
 * Where it is written.
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
 * Its last day, such as `2027-03-01`; `null` if it has none.
 */
until: string | null, 
/**
 * The reason that it names, if any.
 */
reason: string | null, };

/**
 * Where an exception is written.
 */
export type ExceptionKind = "comment" | "configuration";

/**
 * A place that a diagnostic depends on.
 */
export type Related = { 
/**
 * The file's path, as it was given.
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
 * With these edits, the finding is gone and there is no new one. Everything around them stays as it is: comments,
 * quotes, indentation and line breaks.
 */
export type Fix = { 
/**
 * Whether they may be applied without asking.
 */
applicability: Applicability, 
/**
 * What they do, as a short sentence in the imperative.
 */
title: string, 
/**
 * Sorted by place; no two overlap or touch.
 */
edits: Array<Edit>, };

/**
 * A range of the file, and the text that replaces it.
 */
export type Edit = { 
/**
 * The start of the range.
 */
start: Position, 
/**
 * Its end, exclusive; equal to the start if text is only inserted.
 */
end: Position, 
/**
 * The new text.
 */
text: string, };

/**
 * Whether a fix may be applied without asking.
 */
export type Applicability = "safe" | "unsafe";

/**
 * How many diagnostics of one kind in one document aren't listed. The report lists the first ones of the
 * document, as many as it lists of a kind at most.
 */
export type Omitted = { 
/**
 * The file's path, as it was given.
 */
file: string, 
/**
 * The document's index in the file, from 0.
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
 * How serious each is.
 */
severity: Severity, 
/**
 * Whether an exception suppresses them.
 */
suppressed: boolean, 
/**
 * How many there are.
 */
count: number, 
/**
 * How many of them have a safe fix.
 */
safeFixes: number, 
/**
 * How many of them have an unsafe fix.
 */
unsafeFixes: number, };

/**
 * One file and its documents.
 */
export type FileReport = { 
/**
 * The path as it was given.
 */
path: string, 
/**
 * Its documents in order; empty for an empty file, or one that couldn't be read.
 */
documents: Array<DocumentReport>, };

/**
 * A list of connectors that exist only in the account.
 */
export type ConnectorListReport = { 
/**
 * The file's path, as it was given.
 */
file: string, 
/**
 * When the account had these connectors, as the list says it (`madeAt`).
 */
madeAt: string | null, 
/**
 * How many days that was before the day of the check; `null` if one of the two is unknown.
 */
days: number | null, };

/**
 * One YAML document of a file.
 */
export type DocumentReport = { 
/**
 * Its index in the file, from 0.
 */
index: number, 
/**
 * The kind of entity that it is; `null` if it is none, or not known.
 */
entity: string | null, 
/**
 * The entity's `identifier` (v0) or `id` (v1).
 */
identifier: string | null, 
/**
 * The result of checking it.
 */
status: Status, 
/**
 * What it is if it isn't applicable, such as `a Kubernetes resource (Service)`; else `null`.
 */
reason: string | null, };

/**
 * The result of checking one document.
 */
export type Status = "pass" | "fail" | "undecided" | "error" | "not-applicable";

/**
 * Counts of the whole report, including what `omitted` counts.
 */
export type Summary = { 
/**
 * Files that were given.
 */
files: number, 
/**
 * Documents in them.
 */
documents: number, 
/**
 * Diagnostics of the severity `error` that aren't suppressed.
 */
errors: number, 
/**
 * Diagnostics of the severity `warning` that aren't suppressed.
 */
warnings: number, 
/**
 * Diagnostics with the verdict `undecided`, of any severity, that aren't suppressed.
 */
undecided: number, 
/**
 * Diagnostics that are suppressed.
 */
suppressed: number, };

/**
 * The outcome of fixing files.
 */
export type Fixed = { 
/**
 * The files that changed, sorted by path.
 */
files: Array<FixedFile>, 
/**
 * The findings that are left, with their positions in the changed files.
 */
report: Report, };

/**
 * A file that changed.
 */
export type FixedFile = { 
/**
 * The path as it was given.
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
