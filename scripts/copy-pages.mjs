// copy-pages.mjs FOLDER: the pages that `explain` prints, into a folder: a file for each rule, by its identity, and
// the pages whose sections are about one each.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

const [folder] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "rules"), { recursive: true });
for (const name of readdirSync("policies")) {
  const page = join("policies", name, "rule.md");
  if (existsSync(page)) copyFileSync(page, join(folder, "rules", `${name.replaceAll("_", "-")}.md`));
}
for (const page of ["docs/errors.md", "docs/lint.md"]) copyFileSync(page, join(folder, basename(page)));
