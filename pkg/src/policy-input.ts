import type { Bindings, Instance } from "./instance.js";
import { type DocumentSource, type Json, textOf } from "./policy.js";
import type { InputModuleOptions } from "./rego-options.js";

/** A file that Harness would hand to a policy. */
export interface PolicyInputOptions extends Omit<InputModuleOptions, "metadata" | "indent"> {
  /** YAML or JSON, as a string or as bytes in UTF-8; its first document counts. */
  readonly text: string | Uint8Array;
  /** What else Harness says of the event as `input.metadata`: user, groups, roles; a value, or text or bytes. */
  readonly metadata?: DocumentSource<{ readonly [key: string]: Json }>;
}

/** The bindings of the module that wraps inputs. */
export interface InputBindings extends Bindings {
  policyInput(text: string, options: InputModuleOptions): string;
}

/** @throws HarnessImageGuardError with the code `usage` */
export function policyInput(instance: Instance<InputBindings>, options: PolicyInputOptions): Json {
  return JSON.parse(policyInputText(instance, options)) as Json;
}

/**
 * The same as JSON text, in which numbers keep their digits.
 *
 * @param indent what a level is indented with; without it, the text is one line
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
