// Written from src/inventory by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Diagnostic, PathStep, Position } from "./report.js";

/**
 * Every image of the files, in one value.
 *
 * The same files and configuration give the same bytes on every host.
 */
export type Inventory = { 
/**
 * The version of this contract: 1.
 */
schemaVersion: number, 
/**
 * Every image, sorted by file and offset. Harness's own are there where they are asked for.
 */
images: Array<Image>, 
/**
 * The counts.
 */
summary: InventorySummary, 
/**
 * What could not be read, or not be looked at to its end: images of it are missing above.
 */
problems: Array<Diagnostic>, };

/**
 * One image that a run pulls, at one place.
 */
export type Image = { 
/**
 * The image as written, without spaces around it; the repository of one of Harness's own,
 * whose version no file says.
 */
image: string, 
/**
 * The name that is pulled, as Harness makes it of image and connector and Docker reads it:
 * `docker.io/library/maven:3`. An expression in it stays. `null` where it is unknown.
 */
fullName: string | null, 
/**
 * The host that it is pulled from, `docker.io` for Docker Hub; `null` where it is unknown.
 */
registry: string | null, 
/**
 * Whether that is Docker Hub.
 */
hub: boolean, 
/**
 * Why it is unknown.
 */
unknown: string | null, 
/**
 * The connector's reference as written; `null` where there is none. For an image of Harness's
 * own where none is written, the one that Harness takes.
 */
connector: string | null, 
/**
 * The connector's type, where its file or the configuration says it, or the specification.
 */
connectorType: string | null, 
/**
 * The URL of a Docker registry's connector, where that is known.
 */
connectorUrl: string | null, 
/**
 * Whether the file names it, or Harness pulls it for itself to run the stage.
 */
origin: Origin, 
/**
 * What it depends on that the files leave open: `if …`.
 */
condition: string | null, 
/**
 * The kind of entity that holds it.
 */
entity: "pipeline" | "template" | "inputSet" | "agent" | "trigger", 
/**
 * Where that is in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.
 */
subject: string, 
/**
 * The identifier of the entity.
 */
pipeline: string | null, 
/**
 * The identifier, or else the name, of the innermost stage.
 */
stage: string | null, 
/**
 * The identifier, or else the name, of the step.
 */
step: string | null, 
/**
 * The place in the document, from its root.
 */
path: Array<PathStep>, 
/**
 * The file, as it was handed in.
 */
file: string, 
/**
 * The document's place in the file, from 0.
 */
document: number, 
/**
 * Where the image starts; for one of Harness's own, the connector's reference, or else what the
 * stage runs on.
 */
start: Position, 
/**
 * Where it ends, exclusive.
 */
end: Position, 
/**
 * What its registry says of it; there only where the registries were asked.
 */
verification?: Verification, };

/**
 * Who says that an image is pulled.
 */
export type Origin = "file" | "harness";

/**
 * What is known of an image in its registry.
 */
export type Verification = { 
/**
 * Whether it can be pulled.
 */
verdict: Existence, 
/**
 * What the tag points to; `null` where that isn't known.
 */
digest: string | null, 
/**
 * Such as `linux/arm64/v8`; `null` where they weren't asked for.
 */
platforms: Array<string> | null, 
/**
 * Why it isn't there; `null` where it is.
 */
reason: string | null, };

/**
 * Whether an image can be pulled.
 */
export type Existence = "there" | "missing" | "denied" | "unknown";

/**
 * Counts over the whole inventory.
 */
export type InventorySummary = { 
/**
 * Places at which an image is pulled.
 */
images: number, 
/**
 * Each registry, sorted by name; what is unknown comes last.
 */
registries: Array<RegistryCount>, 
/**
 * Places where the registry is unknown.
 */
unknown: number, };

/**
 * What comes from one registry.
 */
export type RegistryCount = { 
/**
 * Its host; `null` for all that is unknown.
 */
registry: string | null, 
/**
 * Places at which something is pulled from it.
 */
images: number, 
/**
 * Different names among these; of those unknown, as written.
 */
distinct: number, };
