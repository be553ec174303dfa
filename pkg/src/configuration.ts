// Written from src/policy/config by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { CheckedEntity } from "./entity.js";
import type { Json } from "./policy.js";
import type { Severity } from "./report.js";

/** A specification of the `harnessImage` connector that has a name. */
export type Preset = (typeof presets)[number];

/** A specification of the `harnessImage` connector that has a name. */
export const presets = [
  "app-harness",
  "gar",
  "ecr",
] as const;

/** What each preset says of the connector. */
export const specifications = {
  "app-harness": {
    url: "https://app.harness.io/registry",
    providerType: "Other",
    auth: "Anonymous",
  },
  "gar": {
    url: "https://us-docker.pkg.dev/gar-prod-setup/harness-public",
    providerType: "Other",
    auth: "Anonymous",
  },
  "ecr": {
    url: "https://public.ecr.aws/harness",
    providerType: "Other",
    auth: "Anonymous",
  },
} as const satisfies Readonly<Record<Preset, NonNullable<GuardConfiguration["harnessImage"]>>>;

/** How a rule counts, with its undecided findings apart. */
export interface RuleSettings {
  /** The severity of a violation, unless the rule itself makes it a warning. */
  readonly severity?: Severity;
  /** The severity of an undecided place: one that an expression, or a file that isn't checked, would decide. */
  readonly undecided?: Severity;
}

/** The rules that a configuration can speak of. */
export type RuleName = "harness-image-connector" | "harness-image-registry" | "harness-images-only" | "no-docker-hub" | "unknown-connector" | "duplicate-key" | "image-exists";

/** The names of findings about the check itself, which no exception and no baseline covers. */
export type CheckFinding = (typeof checkFindings)[number];

/** The names of findings about the check itself, which no exception and no baseline covers. */
export const checkFindings = [
  "unreadable",
  "syntax",
  "unknown-entity",
  "too-deep",
  "limit",
  "policy",
  "outdated-connectors",
  "wrong-exception",
  "expired-exception",
  "unused-exception",
] as const;

/** A policy of one's own that a configuration names, or a folder of them. */
export interface ConfiguredPolicy {
  /** The file, or a folder to search for `*.rego`. */
  readonly file: string;
  /** The entity that it is about; by default, the one that its package names. */
  readonly entity?: CheckedEntity;
  /** The severity of a denial; `error` by default. */
  readonly severity?: Severity;
  /** Its version of Rego: 0, as Harness reads it (default), or 1, as OPA 1.0 and later read it. */
  readonly regoVersion?: 0 | 1;
}

/** The content of a `harness-image-guard.yaml`; a policy that it names is given by `readPolicy`. */
export interface GuardConfiguration {
  /** The specification of the `harnessImage` connector to start from: Harness's registry (`app-harness`), Google Artifact Registry (`gar`) or Amazon ECR Public (`ecr`), each with the provider `Other` and anonymous access. */
  readonly preset?: Preset;
  /** The specification of the `harnessImage` connector, field by field over the preset. */
  readonly harnessImage?: {
    /** The registry that the connector must point to (`spec.dockerRegistryUrl`), with `https://` or `http://`. Scheme and host are compared without case; the default port and slashes at the end don't count. */
    readonly url?: string;
    /** The connector's `spec.providerType`: `DockerHub`, `Harbor`, `Other` or `Quay`. */
    readonly providerType?: "DockerHub" | "Harbor" | "Other" | "Quay";
    /** The connector's `spec.auth.type`: `Anonymous` or `UsernamePassword`. */
    readonly auth?: "Anonymous" | "UsernamePassword";
    /** For `UsernamePassword`, the user name. Only `export` and `setup` read this. */
    readonly username?: string;
    /** Instead of `username`, the account's secret that holds it. Only `export` and `setup` read this. */
    readonly usernameRef?: string;
    /** For `UsernamePassword`, the account's secret that holds the password. Only `export` and `setup` read this. */
    readonly passwordRef?: string;
    /** The connector's `spec.delegateSelectors`, in any order; `[]` for none. */
    readonly delegateSelectors?: readonly string[];
    /** The connector's `spec.executeOnDelegate`: whether a delegate connects instead of Harness itself. If a connector doesn't have it, a delegate connects. */
    readonly executeOnDelegate?: boolean;
  };
  /** The reference that stages must use for Harness's own images. */
  readonly requiredConnector?: string;
  /** Whether a stage must name the required connector itself: `required`, `optional`, or `auto`, which requires it unless a `harnessImage` connector without a violation is among the files checked. */
  readonly stageOverride?: "auto" | "required" | "optional";
  /** Whether expressions that the document decides (variables, matrix axes, allowed values, defaults) are replaced by their possible values; `off` leaves all undecided. */
  readonly expressions?: "decide" | "off";
  /** Patterns of references of connectors that don't lead to Docker Hub. In a pattern, `*` (at most five) matches any characters; case doesn't count. */
  readonly trustedConnectors?: readonly string[];
  /** Patterns of references of connectors that lead to Docker Hub, written as in `trustedConnectors`. Your list replaces the default one. */
  readonly dockerHubConnectors?: readonly string[];
  /** The connector that `check --fix --unsafe` writes where an image from Docker Hub has none. It counts as trusted. */
  readonly defaultConnector?: string;
  /** What `check --fix --unsafe` writes instead of Docker Hub's host: the host and path of a mirror for each prefix of Docker Hub's full names. The longest matching prefix counts. */
  readonly mirrors?: Readonly<Record<string, string>>;
  /** Connectors whose files aren't checked, by the reference that pipelines use. */
  readonly connectors?: Readonly<
    Record<
      string,
      {
        /** The connector's type, such as `DockerRegistry`. */
        readonly type?: string;
        /** For a `DockerRegistry`, the registry that it points to. */
        readonly url?: string;
      }
    >
  >;
  /** Lists of connectors that exist only in the account, relative to the configuration's folder. A connector's own file overrides its entry in a list, and `connectors` overrides both. */
  readonly connectorFiles?: readonly string[];
  /** How old a list in `connectorFiles` may be, in days or weeks. An older one is a warning (`outdated-connectors`), and so is one that doesn't say when it was made. */
  readonly connectorsMaxAge?: string;
  /** The severity of each rule's findings, including those of `duplicate-key` and `image-exists`: `off`, `error`, `warning`, `note`, or a mapping with `severity` and `undecided`. */
  readonly rules?: { readonly [Name in RuleName]?: "off" | Severity | RuleSettings };
  /** Findings that are suppressed until a day. An exception covers the findings that match its `rule`, `path`, `subject` and `image`, as far as it has them. */
  readonly exceptions?: readonly {
    /** The rule whose findings are suppressed; for a policy of your own its file, as the report names it. */
    readonly rule?: string;
    /** A glob of files or folders, relative to the configuration's folder. */
    readonly path?: string;
    /** A pattern of the place, as the report shows it: `*stage 'deploy'*`. `*` (at most five) matches any characters; case doesn't count. */
    readonly subject?: string;
    /** A pattern of the image that is reported: `node:*`. Of several that one place can have, each has to match. */
    readonly image?: string;
    /** The last day of the exception, in UTC: `2027-03-01`. */
    readonly until?: string;
    /** Why the exception is made. */
    readonly reason?: string;
  }[];
  /** What every exception must have, in `exceptions` and in comments: `rule`, `until`, `reason`. A shorter list requires less. */
  readonly exceptionsRequire?: readonly ("rule" | "until" | "reason")[];
  /** Harness policies of your own, which run in addition to the built-in rules: files and folders, relative to the configuration's folder. */
  readonly policies?: readonly (string | ConfiguredPolicy)[];
  /** What policies of your own see as `input.metadata`; `--metadata` overrides it. */
  readonly metadata?: { readonly [key: string]: Json };
  /** Globs of files and folders that a search leaves out, relative to the configuration's folder. A file named on the command line is checked anyway. */
  readonly exclude?: readonly string[];
}
