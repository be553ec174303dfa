import type { Shown } from "../formats.js";
import { firstSentence } from "../first-sentence.js";
import { shownAnywhere } from "../inert.js";
import type { Diagnostic, Position } from "../report.js";
import { jsonText } from "./json.js";
import { sentences, type Finding } from "./finding.js";
import { uriOf } from "./location.js";

const home = "https://github.com/harness-image-guard/harness-image-guard";
const levels = { error: "error", warning: "warning", note: "note" } as const;

/** SARIF 2.1.0, as OASIS defines it and GitHub's code scanning reads it. */
export function sarif({ findings, fingerprints, pages, version, report }: Shown): string {
  const rules = [...new Set([...Object.keys(pages), ...findings.map(({ rule }) => rule)])].sort();
  const ruleIndex = new Map(rules.map((rule, at) => [rule, at]));
  const isAnySuppressed = findings.some(({ suppressed }) => suppressed !== null);
  const docs = new Map(findings.map(({ rule, docs }) => [rule, docs]));
  return jsonText({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "harness-image-guard",
            ...(version === undefined ? {} : { version, semanticVersion: version }),
            informationUri: home,
            rules: rules.map((rule) => ruleOf(rule, pages[rule], docs.get(rule) ?? null)),
          },
        },
        columnKind: "unicodeCodePoints",
        invocations: [{ executionSuccessful: !report.diagnostics.some(({ verdict }) => verdict === "error") }],
        results: findings.map((finding, at) => ({
          ruleId: finding.rule,
          ruleIndex: ruleIndex.get(finding.rule) ?? -1,
          level: levels[finding.severity],
          message: { text: plainText(sentences(finding)) },
          locations: [
            {
              physicalLocation: physicalLocation(finding),
              ...(finding.subject === null ? {} : { logicalLocations: [{ fullyQualifiedName: shownAnywhere(finding.subject) }] }),
            },
          ],
          partialFingerprints: { "harnessImageGuard/v2": fingerprints[at] ?? "" },
          ...(finding.related.length === 0 ? {} : { relatedLocations: relatedLocations(finding) }),
          ...(finding.fix === null ? {} : { fixes: [fixOf(finding.file, finding.fix)] }),
          ...(isAnySuppressed ? { suppressions: suppressionsOf(finding) } : {}),
          properties: { verdict: finding.verdict },
        })),
      },
    ],
  });
}

function ruleOf(rule: string, page: string | undefined, docs: string | null): unknown {
  return {
    id: rule,
    shortDescription: { text: plainText(page === undefined ? rule : titleOf(rule, page)) },
    ...(page === undefined ? {} : { help: { text: page, markdown: page } }),
    ...(docs === null ? {} : { helpUri: docs }),
  };
}

/** What a rule's page says first: its heading after the rule's name, or else its first sentence. */
function titleOf(rule: string, page: string): string {
  const [heading = "", paragraph = ""] = page.split(/\n\s*\n/, 2);
  const title = heading.replace(/^# /, "");
  if (title.startsWith(`${rule}: `)) return title.slice(`${rule}: `.length);
  return title === rule && paragraph !== "" ? firstSentence(paragraph) : title;
}

/** A message, in which braces hold no place of an argument and brackets make no link. */
function plainText(text: string): string {
  const braced = /\{\d+\}/.test(text) ? text.replace(/[{}]/g, "$&$&") : text;
  return shownAnywhere(/\]\(/.test(braced) ? braced.replace(/[\\[\]]/g, "\\$&") : braced);
}

function physicalLocation({ file, start, end }: Pick<Finding, "file" | "start" | "end">): unknown {
  return { artifactLocation: artifactOf(file), region: regionOf(start, end) };
}

function artifactOf(file: string): unknown {
  const uri = uriOf(file);
  return uri.startsWith("file:") ? { uri } : { uri, uriBaseId: "%SRCROOT%" };
}

function regionOf(start: Position, end: Position): unknown {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    byteOffset: start.offset,
    byteLength: end.offset - start.offset,
  };
}

function relatedLocations({ related }: Finding): unknown {
  return related.map((place, at) => ({
    id: at + 1,
    message: { text: plainText(place.message) },
    physicalLocation: physicalLocation(place),
  }));
}

function fixOf(file: string, { title, edits, applicability }: NonNullable<Diagnostic["fix"]>): unknown {
  return {
    // SARIF has no word for it.
    description: { text: plainText(applicability === "safe" ? title : `${title} (unsafe: look at it first)`) },
    artifactChanges: [
      {
        artifactLocation: artifactOf(file),
        replacements: edits.map(({ start, end, text }) => ({
          deletedRegion: regionOf(start, end),
          insertedContent: { text },
        })),
      },
    ],
  };
}

/** Once one result says it, the others have to say that they aren't. */
function suppressionsOf({ suppressed, exception }: Finding): unknown {
  const kind = exception?.kind === "comment" ? "inSource" : "external";
  return suppressed === null ? [] : [{ kind, status: "accepted", justification: shownAnywhere(suppressed) }];
}
