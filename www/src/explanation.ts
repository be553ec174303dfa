import { rules } from "virtual:rules";

import { element, prose } from "./dom.ts";
import type { Finding } from "./messages.ts";

/** The page that explains a rule; `undefined` where there is none. */
export function pageOf(rule: string): string | undefined {
  return rules.find(({ id }) => id === rule)?.page;
}

/** A finding in full: the message, what to write instead, why, where it is, and a link to its rule. */
export function explanation(finding: Finding): HTMLElement {
  const { message, subject, help, rule } = finding;
  const known = rules.find(({ id }) => id === rule);
  return element(
    "div",
    { class: "explanation" },
    element("p", { class: "message" }, ...prose(message)),
    help !== null && element("p", { class: "help" }, "Instead: ", ...prose(help)),
    known !== undefined && element("p", { class: "why" }, "Why: ", ...prose(known.description)),
    subject !== null && element("p", { class: "subject" }, `In ${subject}`),
    element(
      "p",
      { class: "rule" },
      known === undefined
        ? rule
        : element("a", { href: known.page, target: "_blank", rel: "noopener" }, rule),
    ),
  );
}
