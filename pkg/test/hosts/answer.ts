import { createGuard, type SourceFile } from "harness-image-guard";

/** What every host is asked. */
export interface Question {
  readonly config: string;
  readonly files: readonly SourceFile[];
}

/**
 * What a host answers: the report, and the configuration error, as JSON. Runs on each of them, so
 * it knows only what they all have.
 */
export async function answer({ config, files }: Question): Promise<string> {
  const guard = await createGuard({ config });
  const refused = await createGuard({ config: "presets: gar" }).catch((error: unknown) => error);
  const { name, code, problems } = refused as {
    readonly name: string;
    readonly code: string;
    readonly problems: readonly unknown[];
  };
  return JSON.stringify({ report: guard.check(files), refusal: { name, code, problems } });
}
