import type { CompileRego, ExportPolicies } from "../../api.js";
import { HarnessImageGuardError } from "../../error.js";
import { type OptionKinds, withoutNulls } from "../../given-options.js";
import type { GuardOptions } from "../../guard.js";
import { isObject } from "../../json-object.js";
import type { Loaded, LoadedBundle, LoadedFile, Policy, PolicyLimits, PolicyOptions } from "../../policy.js";
import { evaluationRefusal } from "./evaluation-error.js";
import { itemsOf, membersOf, type RawJson } from "./raw-json.js";

/** The part of a host that reads Rego. */
export interface RegoHost {
  readonly compileRego: CompileRego;
  readonly exportPolicies: ExportPolicies;
  readonly readDocument: (text: string, regoVersion: 0 | 1) => Promise<string>;
  readonly loadFiles: (files: readonly LoadedFile[], bundles: readonly LoadedBundle[], regoVersion: 0 | 1) => Promise<Loaded>;
}

/** Bounds of an evaluation. */
export type EvaluationLimits = Pick<PolicyLimits, "maxSteps" | "maxBytes">;

/** The policies of OPA's API. */
export interface RegoOptions extends Pick<PolicyOptions, "data" | "regoVersion" | "strict">, EvaluationLimits {
  /** The text of each module, by its path. */
  readonly modules?: Readonly<Record<string, string>>;
  /**
   * Whether to add the built-in rules with the configuration of `guard`, as `export --to opa-bundle` writes them:
   * `data.harness_image_guard.no_docker_hub.pipeline.deny`.
   */
  readonly rules?: boolean;
  /** Modules of the other version, by their paths, as a bundle's manifest says. @internal */
  readonly moduleVersions?: Readonly<Record<string, 0 | 1>>;
}

/** What the options have to be. */
export const regoKinds: OptionKinds<RegoOptions> = {
  modules: "json",
  data: "any",
  regoVersion: "json",
  strict: "boolean",
  maxSteps: "count",
  maxBytes: "count",
  rules: "boolean",
  moduleVersions: "json",
};

/** Of options, those about how much an evaluation may take. */
export function evaluationLimits({ maxSteps, maxBytes }: EvaluationLimits): EvaluationLimits {
  return { ...(maxSteps === undefined ? {} : { maxSteps }), ...(maxBytes === undefined ? {} : { maxBytes }) };
}

/** Policies that are compiled once and asked often. */
export class ServedPolicy {
  /** The modules' texts by their paths, in order. */
  readonly modules: ReadonlyMap<string, string>;
  readonly regoVersion: 0 | 1;
  readonly #policy: Policy;
  readonly #limits: EvaluationLimits;

  private constructor(policy: Policy, modules: Readonly<Record<string, string>>, options: RegoOptions) {
    this.#policy = policy;
    this.modules = new Map(Object.entries(modules).sort(([one], [other]) => (one < other ? -1 : 1)));
    this.regoVersion = options.regoVersion ?? 0;
    this.#limits = evaluationLimits(options);
  }

  /** @throws HarnessImageGuardError (as a rejection) with the code `rego`, `config` or `usage` */
  static async compile(host: RegoHost, options: RegoOptions, guard: GuardOptions): Promise<ServedPolicy> {
    const { rules, modules: given = {}, moduleVersions = {}, regoVersion = 0, ...rest } = withoutNulls(options);
    if (!isObject(given)) throw new HarnessImageGuardError("usage", "`rego.modules` has to be an object");
    const own = rules === true ? await ownRules(host, guard) : {};
    const modules = { ...own, ...given };
    // Ours are in v0, which Harness reads.
    const versions = { ...Object.fromEntries(Object.keys(own).map((path) => [path, 0 as const])), ...moduleVersions };
    const policy = await host.compileRego({ ...rest, regoVersion, modules, moduleVersions: regoVersion === 0 ? moduleVersions : versions });
    return new ServedPolicy(policy, modules, options);
  }

  /**
   * The rows of a query's answer, each with its values and its bindings.
   *
   * @throws Refusal with 400 or 500
   */
  ask(query: string, input: RawJson | undefined, strictBuiltinErrors: boolean): readonly Row[] {
    try {
      const answer = this.#policy.evalText(query, input, { ...this.#limits, ...(strictBuiltinErrors ? { strictBuiltinErrors } : {}) });
      return rowsOf(answer);
    } catch (error) {
      throw evaluationRefusal(error);
    }
  }

  dispose(): void {
    this.#policy.dispose();
  }
}

/** One solution of a query. */
export interface Row {
  /** The value of the query's first expression. */
  readonly value: RawJson;
  /** Its variables, an object. */
  readonly bindings: RawJson;
}

function rowsOf(answer: RawJson): readonly Row[] {
  const rows = membersOf(answer).get("result");
  if (rows === undefined) return [];
  return itemsOf(rows).map((row) => {
    const members = membersOf(row);
    const [first = "{}"] = itemsOf(members.get("expressions") ?? "[]");
    return { value: membersOf(first).get("value") ?? "null", bindings: members.get("bindings") ?? "{}" };
  });
}

async function ownRules(host: RegoHost, { config, configPath, configExceptions, preset, rules }: GuardOptions): Promise<Readonly<Record<string, string>>> {
  const [bundle] = await host.exportPolicies({
    to: "opa-bundle",
    ...(config === undefined ? {} : { config }),
    ...(configPath === undefined ? {} : { configPath }),
    ...(configExceptions === undefined ? {} : { configExceptions }),
    ...(preset === undefined ? {} : { preset }),
    ...(rules === undefined ? {} : { rules }),
  });
  if (bundle === undefined) return {};
  const { modules } = await host.loadFiles([], [{ path: bundle.path, content: bundle.content }], 0);
  return Object.fromEntries(Object.entries(modules).map(([path, text]) => [path.replace(/^\//, ""), text]));
}
