import { fileURLToPath } from "node:url";

/** The package's folder. */
export const packageFolder = fileURLToPath(new URL("..", import.meta.url));

/** The command, as npm links it. */
export const commandPath = fileURLToPath(
  new URL("../bin/harness-image-guard.js", import.meta.url),
);

/** A small project with findings, and files that have none. */
export const projectFolder = fileURLToPath(new URL("../test/fixtures/project/", import.meta.url));
