import type { OptionKinds } from "./given-options.js";
import type { Bindings, Instance } from "./instance.js";
import { type DocumentSource, type Json, textOf } from "./policy.js";
import type { InputModuleOptions } from "./rego-options.js";

/** A file to wrap as Harness does for a policy, and how. */
export interface PolicyInputOptions extends Omit<InputModuleOptions, "metadata" | "indent"> {
  /** YAML or JSON, as a string or as bytes in UTF-8. Only its first document is read. */
  readonly text: string | Uint8Array;
  /** What else to add to `input.metadata`: user, groups, roles. A value, or JSON or YAML as a string or bytes. */
  readonly metadata?: DocumentSource<{ readonly [key: string]: Json }>;
}

/** What the options have to be. */
export const inputKinds: OptionKinds<PolicyInputOptions> = { text: "any", entity: "string", event: "string", metadata: "any" };

/** The bindings of the module that wraps inputs. */
export interface InputBindings extends Bindings {
  policyInput(text: string, options: InputModuleOptions): string;
}

/** @throws HarnessImageGuardError with the code `usage` */
export function policyInput(instance: Instance<InputBindings>, options: PolicyInputOptions): Json {
  return JSON.parse(policyInputText(instance, options)) as Json;
}

/**
 * The same as JSON, in which numbers keep their digits.
 *
 * @param indent the indentation of a level; without it, the JSON is on one line
 * @throws HarnessImageGuardError with the code `usage`
 */
export function policyInputText(
  instance: Instance<InputBindings>,
  { text, metadata, ...rest }: PolicyInputOptions,
  indent?: string,
): string {
  const options = {
    ...rest,
    ...(metadata === undefined ? {} : { metadata: textOf(metadata, "metadata") }),
    ...(indent === undefined ? {} : { indent }),
  };
  const written = textOf(text, "text");
  return instance.call((bindings) => bindings.policyInput(written, options));
}
