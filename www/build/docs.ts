import { posix } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";

import MarkdownIt from "markdown-it";
import type { Plugin, Rolldown } from "vite";

import { examples, examplesOf, rules, textOf } from "./project.ts";

/** A page of the documentation, with the text that it is made from. */
interface Source {
  /** From the root of the site. */
  readonly page: string;
  readonly title: string;
  readonly markdown: string;
  /** The file of the text, which its links are relative to. */
  readonly file: string;
}

/** A part of a page, for the search. */
interface Section {
  /** From the folder of the documentation. */
  readonly link: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

const START = "docs/index.html";

/** The pages that are made from one file of docs/ each, by that file. */
const FILE_PAGES: Readonly<Record<string, { readonly page: string; readonly title: string }>> = {
  "docs/first-steps.md": { page: "docs/first-steps.html", title: "The first five minutes" },
  "docs/command.md": { page: "docs/command.html", title: "The command" },
  "docs/ci.md": { page: "docs/ci.html", title: "The check in CI" },
  "docs/trust.md": { page: "docs/trust.html", title: "Checking what others wrote" },
  "docs/configuration.md": { page: "docs/configuration.html", title: "The configuration" },
  "docs/account.md": { page: "docs/account.html", title: "The account and registries" },
  "docs/policies.md": { page: "docs/policies.html", title: "Policies of your own" },
  "docs/harness.md": { page: "docs/harness.html", title: "Harness: account and policies" },
  "docs/javascript.md": { page: "docs/javascript.html", title: "From JavaScript" },
  "docs/edge.md": { page: "docs/edge.html", title: "The HTTP handler" },
  "docs/limits.md": { page: "docs/limits.html", title: "Limits" },
  "docs/eval.md": { page: "docs/eval.html", title: "eval and opa eval" },
  "docs/fmt.md": { page: "docs/fmt.html", title: "fmt and opa fmt" },
  "docs/lint.md": { page: "docs/lint.html", title: "Lint for policies" },
  "docs/errors.md": { page: "docs/errors.html", title: "Findings about the check itself" },
  "docs/builtins.md": { page: "docs/builtins.html", title: "Built-in functions" },
};

/** Every page, in the order of the menu. */
function sources(): Source[] {
  const readme = textOf("README.md");
  return [
    { page: START, title: "Where images come from", markdown: overviewOf(readme), file: "README.md" },
    {
      page: "docs/tutorial.html",
      title: "Tutorial",
      markdown: textOf("www/docs/tutorial.md"),
      file: "www/docs/tutorial.md",
    },
    ...rules().map(({ id, folder, page }) => ({
      page,
      title: id,
      markdown: textOf(`${folder}/rule.md`),
      file: `${folder}/rule.md`,
    })),
    ...Object.entries(FILE_PAGES).map(([file, { page, title }]) => ({ page, title, markdown: textOf(file), file })),
  ];
}

/** The part of the README before its first section, and the section about the rules. */
function overviewOf(readme: string): string {
  return `${readme.slice(0, readme.indexOf("\n## "))}\n\n## The rules\n\n${sectionOf(readme, "The rules")}`;
}

function sectionOf(markdown: string, heading: string): string {
  const start = markdown.indexOf(`\n## ${heading}\n`);
  if (start === -1) throw new Error(`README.md has no section "${heading}", which is on the first page`);
  const end = markdown.indexOf("\n## ", start + 1);
  return markdown.slice(start, end === -1 ? undefined : end).replace(`\n## ${heading}\n`, "");
}

/** Writes the pages of the documentation, and makes their sections a module for the search. */
export function docs(): Plugin {
  return {
    name: "docs",
    resolveId: (id) => (id === "virtual:search" ? "\0virtual:search" : undefined),
    load: (id) =>
      id === "\0virtual:search"
        ? `export const sections = ${JSON.stringify(sources().flatMap(sectionsOf))};`
        : undefined,
    generateBundle(_, bundle) {
      const entry = Object.values(bundle).find(
        (output): output is Rolldown.OutputChunk => output.type === "chunk" && output.name === "docs",
      );
      if (entry === undefined) throw new Error("the documentation's script isn't in the bundle");
      // Styles that the playground shares with these pages are in a file named for the script that both share.
      const styles = Object.keys(bundle)
        .filter((path) => /\/(theme|docs)-[^/]*\.css$/.test(path))
        .sort()
        .reverse();
      if (styles.length !== 2) throw new Error(`the styles of the documentation aren't where they were: ${styles.join(" ")}`);
      for (const source of sources()) {
        this.emitFile({
          type: "asset",
          fileName: source.page,
          source: htmlOf(source, entry.fileName, styles),
        });
      }
    },
  };
}

function htmlOf(source: Source, script: string, styles: readonly string[]): string {
  const up = "../".repeat(source.page.split("/").length - 1);
  const { escapeHtml } = new MarkdownIt().utils;
  const menu = sources().map(
    ({ page, title }) =>
      `<li><a href="${up}${page}"${page === source.page ? ' aria-current="page"' : ""}>${escapeHtml(title)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'"
    />
    <meta name="referrer" content="no-referrer" />
    <title>${escapeHtml(source.title)} · harness-image-guard</title>
    <link rel="icon" href="${up}icon.svg" type="image/svg+xml" />
    <script src="${up}early-theme.js"></script>
${styles.map((style) => `    <link rel="stylesheet" href="${up}${style}" />`).join("\n")}
    <script type="module" src="${up}${script}"></script>
  </head>
  <body data-docs="${up}docs/">
    <a class="skip" href="#content">Skip to the text</a>
    <header class="top">
      <p class="name"><a href="${up}docs/index.html">harness-image-guard</a> <span class="place">documentation</span></p>
      <div class="search" role="search">
        <input type="search" id="search" placeholder="Search" aria-label="Search the documentation" autocomplete="off" />
        <p id="search-status" class="visually-hidden" role="status"></p>
        <ol id="search-results" aria-label="Search results" hidden></ol>
      </div>
      <div class="actions">
        <a href="${up}index.html">Playground</a>
        <button type="button" id="theme" class="quiet" aria-label="Theme: system">◐</button>
      </div>
    </header>
    <div class="page">
      <nav aria-label="Documentation"><ul>${menu.join("")}</ul></nav>
      <main id="content" tabindex="-1">
${rendered(source, up)}
${examplesHtml(source, up)}
      </main>
    </div>
  </body>
</html>
`;
}

/** The files of a rule's examples, each a link into the playground. */
function examplesHtml(source: Source, up: string): string {
  const rule = rules().find(({ page }) => page === source.page);
  if (rule === undefined) return "";
  const items = examplesOf(rule).map(
    ({ id, title }) => `<li><a href="${up}index.html#example/${id}">${title}</a></li>`,
  );
  return `<section id="examples"><h2>Examples in the playground</h2><ul class="examples">${items.join("")}</ul></section>`;
}

function rendered(source: Source, up: string): string {
  const markdown = new MarkdownIt({ html: false });
  const { rules: renderers } = markdown.renderer;
  const code = renderers["fence"]?.bind(renderers);
  const slugs = new Set<string>();
  const parts: { readonly slug: string; readonly heading: string }[] = [];
  renderers["heading_open"] = (tokens, index) => {
    const token = tokens[index];
    const heading = tokens[index + 1]?.content ?? "";
    const slug = slugOf(heading, slugs);
    if (token?.tag === "h2") parts.push({ slug, heading: heading.replaceAll("`", "") });
    return `<${token?.tag ?? "h2"} id="${slug}">`;
  };
  let tables = 0;
  renderers["table_open"] = () => {
    tables += 1;
    return `<div class="table" tabindex="0" role="region" aria-label="Table ${tables}"><table>`;
  };
  renderers["table_close"] = () => "</table></div>";
  renderers["link_open"] = (tokens, index) => {
    const href = linkOf(String(tokens[index]?.attrGet("href") ?? ""), source, up);
    return href === undefined ? "<span>" : `<a href="${markdown.utils.escapeHtml(href)}">`;
  };
  renderers["link_close"] = (tokens, index) => {
    // Links don't nest: this closes the last one that was opened.
    const open = tokens.slice(0, index).findLast(({ type }) => type === "link_open");
    return linkOf(String(open?.attrGet("href") ?? ""), source, up) === undefined ? "</span>" : "</a>";
  };
  renderers["fence"] = (tokens, index, options, env, self) => {
    const shown = (code?.(tokens, index, options, env, self) ?? "").replace("<pre>", '<pre tabindex="0">');
    const token = tokens[index];
    const fragment = token?.info.trim() === "yaml" ? fragmentOf(token.content) : undefined;
    return fragment === undefined
      ? shown
      : `<figure>${shown}<figcaption><a href="${up}index.html#${fragment}">Open in the playground</a></figcaption></figure>\n`;
  };
  const html = markdown.render(source.markdown);
  if (parts.length < LONG) return html;
  const items = parts.map(({ slug, heading }) => `<li><a href="#${slug}">${markdown.utils.escapeHtml(heading)}</a></li>`);
  return html.replace("</h1>", () => `</h1>\n<nav class="toc" aria-label="On this page"><ul>${items.join("")}</ul></nav>`);
}

/** A page of this many parts gets a table of contents. */
const LONG = 4;

/** Where a link of a text leads on the site; `undefined` if the site has no such page. */
function linkOf(href: string, source: Source, up: string): string | undefined {
  if (/^[a-z]+:/i.test(href)) return href.startsWith("https:") ? href : undefined;
  const [path = "", anchor] = href.split("#");
  if (path === "") return `#${anchor ?? ""}`;
  const file = posix.join(posix.dirname(source.file), path);
  if (file === "README.md") return `${up}${START}`;
  const own = FILE_PAGES[file];
  if (own !== undefined) return `${up}${own.page}${anchor === undefined ? "" : `#${anchor}`}`;
  const rule = rules().find(({ folder }) => file.startsWith(`${folder}/`));
  if (rule === undefined) return undefined;
  if (file === `${rule.folder}/examples`) return `${up}${rule.page}#examples`;
  return `${up}${rule.page}${anchor === undefined ? "" : `#${anchor}`}`;
}

function slugOf(heading: string, taken: Set<string>): string {
  // As on GitHub, where the same links have to work.
  const slug = heading.toLowerCase().replaceAll(/[^a-z0-9 _-]/g, "").trim().replaceAll(" ", "-") || "part";
  let free = slug;
  for (let count = 1; taken.has(free); count += 1) free = `${slug}-${count}`;
  taken.add(free);
  return free;
}

/** The fragment of a link that opens YAML in the playground; `undefined` if it isn't an example. A part is completed. */
export function fragmentOf(yaml: string): string | undefined {
  const project = projectOf(yaml);
  if (project === undefined) return undefined;
  // As src/share.ts reads it.
  const content = deflateRawSync(JSON.stringify(project));
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(content));
  return `v2.${Buffer.concat([checksum, content]).toString("base64url")}`;
}

function projectOf(yaml: string): { files: { path: string; text: string }[]; config: string } | undefined {
  const file = (path: string, text: string) => ({ files: [{ path, text }], config: "" });
  const [, dash, root = ""] = /^(?:#.*\n|\n)*(- )?([A-Za-z-]+):/.exec(yaml) ?? [];
  if (dash === undefined) {
    if (["pipeline", "template", "connector", "inputSet"].includes(root)) return file(`${root}.yaml`, yaml);
    if (["infrastructure", "runtime"].includes(root) && yaml.includes("type:")) {
      return file("pipeline.yaml", `${STAGE}${indented(yaml, 10)}          execution:\n            steps: []\n`);
    }
    if (CONFIG_KEYS.has(root)) {
      const start = examples().find(({ id }) => id === "start/node-service");
      return { files: [...(start?.files ?? [])], config: yaml };
    }
    return undefined;
  }
  if (root === "step" || root === "stepGroup") {
    return file("pipeline.yaml", `${STAGE}          execution:\n            steps:\n${indented(yaml, 14)}`);
  }
  if (root === "stage") {
    return file("pipeline.yaml", `pipeline:\n  identifier: example\n  stages:\n${indented(yaml, 4)}`);
  }
  if (root === "id") {
    const isStage = /\n {2}(runtime|steps):/.test(yaml);
    return file(
      "pipeline.yaml",
      isStage
        ? `pipeline:\n  id: example\n  stages:\n${indented(yaml, 4)}`
        : `pipeline:\n  id: example\n  stages:\n    - id: test\n      runtime: cloud\n      steps:\n${indented(yaml, 8)}`,
    );
  }
  return undefined;
}

const STAGE = `pipeline:
  identifier: example
  stages:
    - stage:
        identifier: test
        type: CI
        spec:
`;

/** Keys of a configuration that have an effect without other files. */
const CONFIG_KEYS = new Set([
  "preset",
  "harnessImage",
  "requiredConnector",
  "stageOverride",
  "defaultConnector",
  "mirrors",
  "trustedConnectors",
  "dockerHubConnectors",
  "connectors",
  "rules",
]);

function indented(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(by));
}

/** The parts of a page between its headings, as plain text. */
function sectionsOf({ page, title, markdown }: Source): Section[] {
  const tokens = new MarkdownIt().parse(markdown, {});
  const slugs = new Set<string>();
  const sections: { link: string; page: string; heading: string; text: string }[] = [];
  const link = page.slice("docs/".length);
  tokens.forEach(({ type, content }, index) => {
    if (type === "heading_open") {
      const heading = tokens[index + 1]?.content ?? "";
      sections.push({ link: `${link}#${slugOf(heading, slugs)}`, page: title, heading: heading.replaceAll("`", ""), text: "" });
    } else if ((type === "inline" && tokens[index - 1]?.type !== "heading_open") || type === "fence") {
      const section = sections.at(-1);
      if (section !== undefined) {
        section.text += ` ${content.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/[`*\s]+/g, " ")}`;
      }
    }
  });
  return sections;
}
