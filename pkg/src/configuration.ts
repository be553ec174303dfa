import type { CheckedEntity } from "./entity.js";
import type { Json } from "./policy.js";
import type { Severity } from "./report.js";

/** A specification of the `harnessImage` connector that has a name. */
export type Preset = "app-harness" | "gar" | "ecr";

/** How a rule counts, with its undecided findings apart. */
export interface RuleSettings {
  /** What a violation counts as. */
  readonly severity?: Severity;
  /** What a finding counts as that an expression, or a file not at hand, would decide. */
  readonly undecided?: Severity;
}

/** The rules that a configuration can speak of. */
export type RuleName =
  | "harness-image-connector"
  | "harness-image-registry"
  | "no-docker-hub"
  | "harness-images-only"
  | "duplicate-key";

/** A policy of one's own that a configuration names, or a folder of them. */
export interface ConfiguredPolicy {
  /** The file, or a folder that is searched for `*.rego`. */
  readonly file: string;
  /** The entity that it is about; without it, its package says so. */
  readonly entity?: CheckedEntity;
  /** What a denial counts as; `error` by default. */
  readonly severity?: Severity;
  /** Which Rego it is: 0, as Harness reads it (default), or 1. */
  readonly regoVersion?: 0 | 1;
}

/**
 * The content of a `harness-image-guard.yaml`. `schema/harness-image-guard.schema.json` says the
 * same to editors.
 */
export interface GuardConfiguration {
  /** The specification of the connector to start from; `app-harness` by default. */
  readonly preset?: Preset;
  /** The specification field by field, over the preset. */
  readonly harnessImage?: {
    /** The registry that the connector must point to, with `https://` or `http://`. */
    readonly url?: string;
    /** The connector's `spec.providerType`. */
    readonly providerType?: "DockerHub" | "Harbor" | "Other" | "Quay";
    /** The connector's `spec.auth.type`. */
    readonly auth?: "Anonymous" | "UsernamePassword";
  };
  /** The reference that stages must use; `account.harnessImage` by default. */
  readonly requiredConnector?: string;
  /** Whether a stage must name that connector itself; `auto` by default. */
  readonly stageOverride?: "auto" | "required" | "optional";
  /**
   * Whether expressions that the document decides (variables, matrix axes, allowed values, defaults) are
   * replaced by what they can be; `decide` by default.
   */
  readonly expressions?: "decide" | "off";
  /** Patterns of references that don't lead to Docker Hub; `*`, at most five, stands for any text. */
  readonly trustedConnectors?: readonly string[];
  /** Patterns of references that do lead to Docker Hub; `*`, at most five, stands for any text. */
  readonly dockerHubConnectors?: readonly string[];
  /**
   * The connector that `--fix --unsafe` writes where an image of Docker Hub's has none. It counts
   * as trusted.
   */
  readonly defaultConnector?: string;
  /**
   * What `--fix --unsafe` writes instead of Docker Hub's host: by prefixes of Docker Hub's full
   * names (`docker.io/library`), the host and path of a mirror. The longest one that fits is taken.
   */
  readonly mirrors?: Readonly<Record<string, string>>;
  /** Connectors that aren't among the files, by reference. */
  readonly connectors?: Readonly<Record<string, { readonly type?: string; readonly url?: string }>>;
  /** What each rule counts as. */
  readonly rules?: { readonly [Name in RuleName]?: "off" | Severity | RuleSettings };
  /**
   * Harness policies of one's own, run beside ours: files, relative to the configuration's folder.
   * `createGuard` gets their texts by `readPolicy`.
   */
  readonly policies?: readonly (string | ConfiguredPolicy)[];
  /** What these policies see as `input.metadata`: user, userGroups, roleAssignmentMetadata, action. */
  readonly metadata?: { readonly [key: string]: Json };
  /** Globs of files that a search leaves out, relative to the configuration's folder. */
  readonly exclude?: readonly string[];
}
