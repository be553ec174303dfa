import type { Diagnostic } from "harness-image-guard";

import type { Finding, Fix } from "../messages.ts";
import type { Places } from "./places.ts";

/** A diagnostic of the report, for the page. */
export function findingOf(diagnostic: Diagnostic, places: Places): Finding {
  const { rule, verdict, severity, message, subject, help, docs, suppressed, file } = diagnostic;
  return {
    rule,
    verdict,
    severity,
    message,
    subject,
    help,
    docs,
    suppressed,
    file,
    from: places.of(diagnostic.start),
    to: places.of(diagnostic.end),
    fix: fixOf(diagnostic, places),
  };
}

function fixOf({ fix }: Diagnostic, places: Places): Fix | null {
  if (fix === null) return null;
  const { title, applicability, edits } = fix;
  return {
    title,
    applicability,
    edits: edits.map(({ start, end, text }) => ({
      from: places.of(start),
      to: places.of(end),
      text,
    })),
  };
}
