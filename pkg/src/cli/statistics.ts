import { plural } from "../plural.js";
import type { Report, Severity } from "../report.js";
import { worstFirst } from "../severity.js";
import { shown } from "./output.js";

/** How many findings there are of each rule, the most first within a severity. */
export function statisticsOf({ diagnostics, omitted }: Report): string {
  const counts = new Map<string, { readonly rule: string; readonly severity: Severity; count: number; fixable: number }>();
  const listed = diagnostics
    .filter(({ suppressed }) => suppressed === null)
    .map(({ rule, severity, fix }) => ({ rule, severity, count: 1, fixable: fix === null ? 0 : 1 }));
  const others = omitted.filter(({ suppressed }) => !suppressed).map(({ rule, severity, count, safeFixes, unsafeFixes }) => ({ rule, severity, count, fixable: safeFixes + unsafeFixes }));
  for (const each of [...listed, ...others]) {
    const key = `${each.severity} ${each.rule}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, each);
    else {
      known.count += each.count;
      known.fixable += each.fixable;
    }
  }
  const rows = [...counts.values()].sort(
    (a, b) => worstFirst.indexOf(a.severity) - worstFirst.indexOf(b.severity) || b.count - a.count || (a.rule < b.rule ? -1 : 1),
  );
  const width = Math.max(0, ...rows.map(({ count }) => String(count).length));
  const lines = rows.map(({ rule, severity, count, fixable }) => {
    const fixes = fixable === 0 ? "" : ` (${plural(fixable, "fix", "fixes")})`;
    return `${String(count).padStart(width)}  ${severity.padEnd(7)}  ${shown(rule)}${fixes}\n`;
  });
  return lines.length === 0 ? "" : `${lines.join("")}\n`;
}
