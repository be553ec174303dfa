import type {
  ConnectorImport,
  Evaluation,
  ExportedFile,
  ExportOptions,
  HarnessImageGuardError,
  Image,
  LintFinding,
  PolicyEntity,
  Report,
  Severity,
  SourceFile,
  Summary,
  TestReport,
  Verdict,
} from "harness-image-guard";

import type { OwnPolicy, PlainFile } from "./project.ts";

// The messages between the page and its workers.

/** A file as the module gets it. */
export type CheckedFile = Extract<SourceFile, { text: unknown }> & { readonly text: string };

/** A place in a text as an editor counts: the line from 1, the column in UTF-16 units from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One edit of a text. */
export interface Edit {
  readonly from: Place;
  readonly to: Place;
  readonly text: string;
}

/** What fixes a finding. */
export interface Fix {
  readonly title: string;
  readonly applicability: "safe" | "unsafe";
  readonly edits: readonly Edit[];
}

/** A diagnostic of the report, with its place as an editor counts. */
export interface Finding {
  readonly rule: string;
  readonly verdict: Verdict;
  readonly severity: Severity;
  readonly message: string;
  readonly subject: string | null;
  readonly help: string | null;
  readonly docs: string | null;
  readonly suppressed: string | null;
  readonly file: string;
  readonly from: Place;
  readonly to: Place;
  readonly fix: Fix | null;
}

/** An image that will be pulled, with its place as an editor counts. */
export interface PulledImage {
  readonly image: string;
  readonly fullName: string | null;
  readonly registry: string | null;
  readonly hub: boolean;
  readonly unknown: string | null;
  readonly connector: string | null;
  readonly connectorUrl: string | null;
  /** Whether the file names it, or Harness pulls it for itself. */
  readonly origin: Image["origin"];
  readonly condition: string | null;
  readonly subject: string;
  readonly pipeline: string | null;
  readonly stage: string | null;
  readonly step: string | null;
  readonly file: string;
  readonly from: Place;
  readonly to: Place;
}

/** Every image of the files, and what couldn't be searched. */
export interface Pulled {
  readonly images: readonly PulledImage[];
  readonly problems: readonly Finding[];
}

/** A connector that is in a file, a list or the configuration. */
export interface KnownConnector {
  /** The reference in pipelines: `account.corp`. */
  readonly reference: string;
  readonly type: string | null;
  readonly url: string | null;
  readonly providerType: string | null;
  /** The file that it is from. */
  readonly from: string;
}

/** What most requests to the module have in common. */
export interface Question {
  readonly files: readonly CheckedFile[];
  /** The text of the configuration. */
  readonly config: string;
  /** The user's policy in *Your Rego*, which the configuration may name. */
  readonly policy?: OwnPolicy | undefined;
  /** Whether the user's policies are left out, because they didn't end. */
  readonly withoutPolicies?: boolean;
}

/** The result of a check. */
export interface Checked {
  readonly findings: readonly Finding[];
  readonly files: Report["files"];
  readonly summary: Summary;
  /** In what the configuration is weaker than the defaults, with the line. */
  readonly exceptions: readonly { readonly message: string; readonly line: number | null }[];
  /** The rules that the configuration switches off. */
  readonly off: readonly string[];
  /** The user's policies that ran too. */
  readonly policies: readonly string[];
  /** The files that the configuration's `exclude` leaves out. */
  readonly excluded: readonly string[];
}

/** Each kind of request: what is asked, and what is answered. */
export interface CheckRequests {
  check: { question: Question; answer: Checked };
  /** The report as the command writes it with `--format json`. */
  report: { question: Question; answer: string };
  /** Makes all safe fixes: the files that changed. */
  fix: { question: Question; answer: readonly CheckedFile[] };
  /** What will be pulled. */
  images: { question: Question; answer: Pulled };
  /** Reads lists of connectors: answers of Harness's API, Terraform's state, other lists. */
  import: { question: { readonly files: readonly PlainFile[] }; answer: ConnectorImport };
  /** The connectors that are in the files, or in lists that the configuration names. */
  connectors: { question: Question; answer: readonly KnownConnector[] };
}

/** Which lines of a module were reached, from 1, as OPA counts them. */
export interface Reached {
  readonly covered: readonly number[];
  readonly missed: readonly number[];
}

/** The user's policy with the modules that it uses. */
export interface UsedPolicy extends OwnPolicy {
  readonly libraries: readonly PlainFile[];
}

/** The result of evaluating the user's policy. */
export interface Evaluated {
  /** The document of its package, as JSON. */
  readonly output: string;
  /** Whether Harness would go on, go on with a warning, or stop. */
  readonly status: Evaluation["status"];
  /** The messages of its rules `deny` and `warn`; none for a rule that is just `true`. */
  readonly denied: readonly string[];
  readonly warned: readonly string[];
  readonly printed: readonly string[];
  /** Which lines of the policy the input reached. */
  readonly reached: Reached;
}

/** The results of the policy's tests. */
export interface Tested {
  readonly tests: TestReport["tests"];
  /** Which lines of the policy they reached together. */
  readonly reached: Reached;
}

/** The user's policy, formatted. */
export interface Formatted {
  readonly rego: string;
  readonly tests: string;
  /** Why a module isn't formatted. */
  readonly problems: readonly Problem[];
}

/** The requests to the module that reads Rego. */
export interface PolicyRequests {
  /** The input that Harness would give a policy for a file, as JSON. */
  input: { question: { readonly text: string; readonly entity: PolicyEntity | "" }; answer: string };
  evaluate: { question: UsedPolicy & { readonly input: string }; answer: Evaluated };
  lint: { question: UsedPolicy; answer: readonly LintFinding[] };
  test: { question: UsedPolicy; answer: Tested };
  /** The policy and its tests as `opa fmt` writes them; a module that can't be read is a problem. */
  format: { question: OwnPolicy; answer: Formatted };
  /** Our rules in a form for Harness, with the configuration written in, or the user's policy. */
  export: { question: ExportOptions; answer: readonly ExportedFile[] };
}

/** A request on its way to a worker. */
export interface Envelope {
  readonly id: number;
  readonly kind: string;
  readonly question: unknown;
}

/** What is wrong with a configuration or a policy, and where. */
export type Problem = HarnessImageGuardError["problems"][number];

/** An error on its way from a worker: an `Error` would lose its code. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly problems: readonly Problem[];
}

/** A worker's message. */
export type Reply =
  | { readonly ready: true }
  | { readonly failed: Refusal }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly refusal: Refusal };
