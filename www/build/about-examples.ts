import { createGuard } from "harness-image-guard";

import { type Example, examples } from "./project.ts";

/** An example with a sentence that says what it shows. */
export interface DescribedExample extends Example {
  readonly about: string;
}

/** The examples, each with the sentence that was written for it, or else its comment, or else the check's first message. */
export function describedExamples(): Promise<DescribedExample[]> {
  return Promise.all(examples().map(async (example) => ({ ...example, about: example.about ?? commentOf(example) ?? (await findingOf(example)) })));
}

/** The comment at the beginning of its first file. */
function commentOf({ files: [file] }: Example): string | undefined {
  const [comment = ""] = /^(?:#.*\n)+/.exec(file?.text ?? "") ?? [];
  const text = comment.replaceAll(/^# ?/gm, "").replaceAll(/\s+/g, " ").trim();
  return text === "" ? undefined : text;
}

async function findingOf({ files, config, group }: Example): Promise<string> {
  const guard = await createGuard({
    config,
    readConnectorFile: async (path) => {
      const list = files.find((file) => file.path === path);
      if (list === undefined) throw new Error(`the example has no list ${path}`);
      return list;
    },
  });
  const found = guard.check(files).diagnostics.find(({ rule }) => rule === group);
  guard.dispose();
  return found === undefined ? "Nothing is found." : `${found.message.slice(0, 1).toUpperCase()}${found.message.slice(1)}.`;
}
