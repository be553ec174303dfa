import type { PolicyEntity, PolicyEvent } from "./entity.js";
import type { Bindings, Instance } from "./instance.js";
import { type DocumentSource, type Json, textOf } from "./policy.js";

/** A file that Harness would hand to a policy. */
export interface PolicyInputOptions {
  /** YAML or JSON, as a string or as bytes in UTF-8; its first document counts. */
  readonly text: string | Uint8Array;
  /** As what it is handed over; without it, as what it is. */
  readonly entity?: PolicyEntity;
  /** On which event; without it, the entity's usual one: `onrun` for pipelines, `onsave` for most others. */
  readonly event?: PolicyEvent;
  /** What else Harness tells of the event as `input.metadata`: user, groups, roles; a value, or text or bytes. */
  readonly metadata?: DocumentSource<{ readonly [key: string]: Json }>;
}

/** The same for the module, which takes metadata as JSON text. */
interface ModuleOptions extends Omit<PolicyInputOptions, "text" | "metadata"> {
  readonly metadata?: string;
  readonly indent?: string;
}

/** The bindings of the module that wraps inputs. */
export interface InputBindings extends Bindings {
  policyInput(text: string, options: ModuleOptions): string;
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
  return instance.call((bindings) => bindings.policyInput(textOf(text, "text"), options));
}
