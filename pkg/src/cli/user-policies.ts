import { resolve } from "node:path";

import type { HarnessImageGuardError } from "../error.js";
import type { PolicyText, UserPolicy } from "../guard.js";
import type { LintFinding } from "../lint.js";
import { readDocument } from "../node.js";
import type { Severity } from "../report.js";
import { worstFirst } from "../severity.js";
import { didYouMean } from "./command-line.js";
import { Enclosure } from "./enclosure.js";
import { readModules, type ModuleText } from "./modules.js";
import { readNamedText } from "./named-file.js";
import { shown } from "./output.js";
import { suggestion } from "./suggestion.js";
import { readable } from "./system-error.js";
import { UsageError } from "./usage-error.js";

const settings = ["entity", "severity", "regoVersion"];

/**
 * The policies of `--policy PATH[,entity=…][,severity=…][,regoVersion=…]`; of a folder every module in it.
 *
 * @param regoVersion which Rego they are, unless they say it
 * @param isOpen whether links may lead anywhere
 * @throws UsageError
 */
export async function readUserPolicies(
  specifications: readonly string[],
  regoVersion: 0 | 1,
  isOpen: boolean,
): Promise<UserPolicy[]> {
  const paths = specifications.map((specification) => resolve(specification.split(",", 1)[0] ?? ""));
  const enclosure = await Enclosure.around(paths, process.cwd(), isOpen);
  const read = await Promise.all(
    specifications.map(async (specification) => {
      const [path = "", ...rest] = specification.split(",");
      const policy: { entity?: string; severity?: Severity; regoVersion: 0 | 1 } = { regoVersion };
      for (const setting of rest) {
        const [key = "", value = ""] = setting.split("=", 2);
        if (key === "entity" && value !== "") policy.entity = value;
        else if (key === "severity" && isSeverity(value)) policy.severity = value;
        else if (key === "regoVersion" && (value === "0" || value === "1")) policy.regoVersion = value === "1" ? 1 : 0;
        else throw new UsageError(wrongSetting(specification, key, value));
      }
      const modules = await modulesAt(path, resolve(path), `the policy '${shown(path)}'`, enclosure);
      return modules.map((module) => ({ ...module, ...policy }));
    }),
  );
  const all = read.flat();
  const named = new Set(all.filter(({ searched }) => !searched).map(({ real }) => real));
  // What it is found as without a link says more of it than a link does.
  const direct = new Set(all.filter(({ searched, absolute, real }) => searched && absolute === real).map(({ real }) => real));
  const found = new Set<string>();
  const isAgain = ({ absolute, real }: { readonly absolute: string; readonly real: string }): boolean =>
    named.has(real) || (absolute !== real && direct.has(real)) || found.has(real) || !found.add(real);
  return all
    .filter((policy) => !policy.searched || !isAgain(policy))
    .map(({ absolute: _, real: __, ...policy }) => policy);
}

/**
 * The text of a policy that a configuration names, or the modules of a folder.
 *
 * @param absolute where the file is
 * @param named where the configuration names it: `harness-image-guard.yaml:2:5`
 * @param enclosure out of which it must not lead
 * @param known the names of modules that were found in other folders, by their paths without links; gets these
 * @throws UsageError
 */
export async function readNamedPolicy(
  path: string,
  absolute: string,
  named: string,
  enclosure: Enclosure,
  known: Map<string, string>,
): Promise<string | readonly PolicyText[]> {
  const modules = await modulesAt(path, absolute, `${named}: the policy '${shown(path)}'`, enclosure);
  const [file] = modules;
  if (file?.searched === false) return file.text;
  for (const { real, path: name } of modules) if (!known.has(real)) known.set(real, name);
  // A link may lead to a module that has been found. What is found without one stays: it may have a higher severity.
  const isAgain = ({ real, absolute: at, path: name }: ModuleText): boolean => at !== real && known.get(real) !== name;
  return modules.filter((module) => !isAgain(module)).map(({ path: name, text }) => ({ path: name, text }));
}

/** @throws UsageError where there are none */
async function modulesAt(
  path: string,
  absolute: string,
  what: string,
  enclosure: Enclosure,
): Promise<readonly ModuleText[]> {
  const modules = await readModules(path, absolute, what, enclosure);
  if (modules.length === 0) throw new UsageError(`${what} is a folder without any *.rego`);
  return modules;
}

/**
 * What `--metadata FILE` holds, as JSON text, in which numbers stay as they are written.
 *
 * @param isOpen whether links may lead anywhere
 * @throws UsageError where it isn't an object
 */
export async function readMetadata(path: string, isOpen: boolean): Promise<string> {
  const enclosure = await Enclosure.around([resolve(path)], process.cwd(), isOpen);
  const text = await readable(`the metadata '${shown(path)}'`, readNamedText(path, enclosure));
  let metadata: string;
  try {
    metadata = await readDocument(text, 0);
  } catch (error) {
    throw new UsageError(`the metadata '${shown(path)}' can't be read: ${shown((error as Error).message)}`);
  }
  if (!metadata.startsWith("{")) throw new UsageError(`the metadata '${shown(path)}' has to be an object`);
  return metadata;
}

/** A line for each thing that a policy's author should know. */
export function shownRemarks(remarks: readonly LintFinding[]): string {
  return remarks
    .map(({ file, start, severity, message }) => `${shown(file)}:${start.line}:${start.column}: ${severity}: ${shown(message)}\n`)
    .join("");
}

/** What is said where policies can't be used. */
export function wrongPolicies(error: HarnessImageGuardError): UsageError {
  return new UsageError(`a policy is wrong\n${error.message}`);
}

function isSeverity(value: string): value is Severity {
  return (worstFirst as readonly string[]).includes(value);
}

function wrongSetting(specification: string, key: string, value: string): string {
  if (key === "severity") {
    return `'${shown(value)}' isn't a severity, in --policy '${shown(specification)}'; it is one of ${worstFirst.join(", ")}`;
  }
  if (key === "regoVersion") {
    return `'${shown(value)}' isn't a version of Rego, in --policy '${shown(specification)}'; it is 0 or 1`;
  }
  if (settings.includes(key)) return `'${shown(key)}' needs a value, in --policy '${shown(specification)}'`;
  const meant = suggestion(key, settings);
  const known = `; after the path and a comma, there are ${settings.map((each) => `${each}=…`).join(", ")}`;
  return `'${shown(key)}' is unknown, in --policy '${shown(specification)}'${meant === undefined ? known : didYouMean(meant)}`;
}
