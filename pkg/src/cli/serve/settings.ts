import { createGuard, compileRego, exportPolicies, loadFiles, readDocument } from "../../node.js";
import type { ConnectorFile, Guard, GuardOptions, PolicyText } from "../../guard.js";
import { fullRoutes } from "../../handler/full-routes.js";
import { type PageFile, playgroundRoutes } from "../../handler/playground-routes.js";
import { type Handler, type HandlerOptions, handlerWith } from "../../handler/handler.js";

/** All that a server answers by, read once: a process that starts later answers by the same. */
export interface Settings {
  /** The files that the configuration names, by what it calls them. */
  readonly policies: ReadonlyMap<string, string | readonly PolicyText[]>;
  readonly connectorFiles: ReadonlyMap<string, ConnectorFile>;
  /** The files of the playground that is served beside it, by their paths. */
  readonly playground: ReadonlyMap<string, PageFile> | undefined;
  /** Without functions: they can be handed to another process. */
  readonly handler: Omit<HandlerOptions, "log" | "metrics" | "metricsText" | "webhooks">;
}

/** What a handler says beside its answers. */
export type HandlerHooks = Pick<HandlerOptions, "log" | "metrics" | "metricsText">;

/**
 * The handler of some settings.
 *
 * @param makeGuard where its guard comes from; made of the settings by default
 * @throws HarnessImageGuardError with the code `usage`
 */
export function handlerOf(settings: Settings, hooks: HandlerHooks, makeGuard: () => Promise<Guard> = () => guardOf(settings)): Handler {
  const routes = settings.playground === undefined ? fullRoutes : [...fullRoutes, ...playgroundRoutes(settings.playground)];
  const createHandler = handlerWith({ createGuard: makeGuard, rego: { compileRego, exportPolicies, loadFiles, readDocument }, routes });
  return createHandler({ ...settings.handler, ...hooks });
}

function guardOf({ handler: { guard = {} }, policies, connectorFiles }: Settings): Promise<Guard> {
  const found = <T>(files: ReadonlyMap<string, T>, path: string): Promise<T> => {
    const file = files.get(path);
    // The configuration is the same, and so it names the same files.
    return file === undefined ? Promise.reject(new Error(`'${path}' wasn't read at the start`)) : Promise.resolve(file);
  };
  const options: GuardOptions = { ...guard, readPolicy: (path) => found(policies, path), readConnectorFile: (path) => found(connectorFiles, path) };
  return createGuard(options);
}

/** How files that a configuration names are read, and kept for the settings. */
export function keeping(reading: GuardOptions): { readonly options: GuardOptions } & Pick<Settings, "policies" | "connectorFiles"> {
  const policies = new Map<string, string | readonly PolicyText[]>();
  const connectorFiles = new Map<string, ConnectorFile>();
  const { readPolicy, readConnectorFile } = reading;
  const options: GuardOptions = {
    ...(readPolicy === undefined ? {} : { readPolicy: async (path, place) => kept(policies, path, await readPolicy(path, place)) }),
    ...(readConnectorFile === undefined ? {} : { readConnectorFile: async (path, place) => kept(connectorFiles, path, await readConnectorFile(path, place)) }),
  };
  return { options, policies, connectorFiles };
}

function kept<T>(files: Map<string, T>, path: string, file: T): T {
  files.set(path, file);
  return file;
}
