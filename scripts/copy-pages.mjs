// copy-pages.mjs FOLDER: copies the pages that `explain` prints into a folder: one for each rule, by its identity, and
// those with a section for each error and each rule of lint. Also writes rules.json, the list of rules with their METADATA.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const [folder] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "rules"), { recursive: true });
for (const name of readdirSync("policies")) {
  const page = join("policies", name, "rule.md");
  if (existsSync(page)) copyFileSync(page, join(folder, "rules", `${name.replaceAll("_", "-")}.md`));
}

const schema = JSON.parse(readFileSync("pkg/schema/harness-image-guard.schema.json", "utf8"));
const rules = Object.entries(schema.properties.rules.properties).map(([rule, { description, default: severity }]) => {
  const source = join("policies", rule.replaceAll("-", "_"), "rule.rego");
  const metadata = existsSync(source) ? readFileSync(source, "utf8") : "";
  const title = description.replace(/\.$/, "");
  const [, entities = ""] = /^#   entities: \[(.*)\]$/m.exec(metadata) ?? [];
  return { rule, title, severity, entities: entities === "" ? [] : entities.split(/,\s*/) };
});
writeFileSync(join(folder, "rules.json"), `${JSON.stringify(rules, null, 2)}\n`);

for (const page of ["docs/errors.md", "docs/lint.md"]) copyFileSync(page, join(folder, basename(page)));
