// Written from src/inventory by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Diagnostic, PathStep, Position } from "./report.js";

/**
 * Every image of the files.
 *
 * The same files and configuration give the same bytes on every host.
 */
export type Inventory = { 
/**
 * The version of this format: 1.
 */
schemaVersion: number, 
/**
 * Every image, sorted by file and offset; with Harness's own if they were asked for.
 */
images: Array<Image>, 
/**
 * The counts.
 */
summary: InventorySummary, 
/**
 * What couldn't be read, or not to its end: `images` lacks its images.
 */
problems: Array<Diagnostic>, };

/**
 * One image that a run pulls, at one place.
 */
export type Image = { 
/**
 * The image as written, without spaces around it. For one of Harness's own, its repository: no file
 * says the version.
 */
image: string, 
/**
 * The name that is pulled, as Harness makes it from image and connector, and Docker reads it:
 * `docker.io/library/maven:3`. Expressions in it stay. `null` if it is unknown.
 */
fullName: string | null, 
/**
 * Whether there is no expression in `fullName`, so that a registry can be asked about it; `false` if it is unknown.
 */
literal: boolean, 
/**
 * The host that it is pulled from, `docker.io` for Docker Hub; `null` if it is unknown.
 */
registry: string | null, 
/**
 * Whether the registry is Docker Hub.
 */
hub: boolean, 
/**
 * Why the registry is unknown; `null` if it isn't.
 */
unknown: string | null, 
/**
 * The connector's reference as written; `null` if there is none. For one of Harness's own images without
 * a written reference, the one that Harness uses.
 */
connector: string | null, 
/**
 * The connector's type, if its file, the configuration or the specification says it.
 */
connectorType: string | null, 
/**
 * The URL of a connector to a Docker registry, if it is known.
 */
connectorUrl: string | null, 
/**
 * Whether the file names it, or Harness pulls it for itself to run the stage.
 */
origin: Origin, 
/**
 * What it depends on that the files don't decide: `if …`; `null` if there is nothing.
 */
condition: string | null, 
/**
 * The kind of entity that it is in.
 */
entity: "pipeline" | "template" | "inputSet" | "agent" | "trigger", 
/**
 * The place in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.
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
 * The path from the document's root.
 */
path: Array<PathStep>, 
/**
 * The file's path, as it was given.
 */
file: string, 
/**
 * The document's index in the file, from 0.
 */
document: number, 
/**
 * Where the image starts. For one of Harness's own, where the connector's reference starts, or else the
 * type of what the stage runs on.
 */
start: Position, 
/**
 * Where it ends, exclusive.
 */
end: Position, 
/**
 * What its registry says about it; only there if registries were asked.
 */
verification?: Verification, };

/**
 * Why an image is pulled.
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
 * The digest that the tag points to; `null` if it isn't known.
 */
digest: string | null, 
/**
 * Its platforms, such as `linux/arm64/v8`; `null` if they weren't requested.
 */
platforms: Array<string> | null, 
/**
 * Why it can't be pulled, or isn't known; `null` if it is there.
 */
reason: string | null, };

/**
 * Whether an image can be pulled.
 */
export type Existence = "there" | "missing" | "denied" | "unknown";

/**
 * Counts of the whole inventory.
 */
export type InventorySummary = { 
/**
 * Places at which an image is pulled.
 */
images: number, 
/**
 * The registries, sorted by name; what is unknown comes last.
 */
registries: Array<RegistryCount>, 
/**
 * Places where the registry is unknown.
 */
unknown: number, };

/**
 * The counts for one registry.
 */
export type RegistryCount = { 
/**
 * Its host; `null` for all unknown ones.
 */
registry: string | null, 
/**
 * Places at which an image is pulled from it.
 */
images: number, 
/**
 * Different full names among these; for unknown ones, different images as written.
 */
distinct: number, };
