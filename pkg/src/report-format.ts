/** The formats in which `showReport` of `formats.ts` writes. */
export const reportFormats = [
  "json",
  "sarif",
  "junit",
  "github",
  "gitlab",
  "markdown",
  "checkstyle",
  "tap",
  "rdjson",
] as const;

/** One of {@link reportFormats}. */
export type ReportFormat = (typeof reportFormats)[number];

/** What `--output` takes: these, and the text that a person reads. */
export const outputFormats = ["text", ...reportFormats] as const;
