import type { Bindings, Instance } from "./instance.js";
import type { Json } from "./policy.js";

/** What Harness asks policies about. */
export type PolicyEntity =
  | "pipeline"
  | "template"
  | "connector"
  | "secret"
  | "service"
  | "environment"
  | "infrastructure"
  | "override"
  | "step";

/** A file that Harness would hand to a policy. */
export interface PolicyInputOptions {
  /** YAML or JSON; its first document counts. */
  readonly text: string;
  /** As what it is handed over; without it, as what it is. */
  readonly entity?: PolicyEntity;
}

/** The bindings of the module that wraps inputs. */
export interface InputBindings extends Bindings {
  policyInput(text: string, entity?: string): string;
}

/** @throws HarnessImageGuardError with the code `usage` */
export function policyInput(instance: Instance<InputBindings>, { text, entity }: PolicyInputOptions): Json {
  return JSON.parse(instance.call((bindings) => bindings.policyInput(text, entity))) as Json;
}
