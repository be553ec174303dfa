import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { shown } from "../output.js";
import { isNotRun, programOnPath } from "../program.js";
import { describeSystemError, isSystemError } from "../system-error.js";
import { UsageError } from "../usage-error.js";

/** How Docker would sign in to a registry. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  /** For a new token at each sign-in. */
  | { readonly identityToken: string };

/** Whose credentials are sent. */
export type Whose = "nobody" | "docker-config" | "docker-helpers";

/** A helper asks a key ring, perhaps a person. */
const milliseconds = 20_000;

/** What Docker keeps of Docker Hub is under its old address; of another registry, under what somebody has called it. */
function keysOf(host: string): readonly string[] {
  if (host === "docker.io") return ["https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io"];
  const names = /:\d+$/.test(host) ? [host] : [host, `${host}:443`];
  return names.flatMap((name) => [name, `https://${name}`, `https://${name}/`, `https://${name}/v1/`, `https://${name}/v2/`, `http://${name}`]);
}

/** As Docker and others write it: `null` is nothing. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, Entry | null | undefined>> | null;
  readonly credHelpers?: Readonly<Record<string, unknown>> | null;
  readonly credsStore?: unknown;
}

interface Entry {
  readonly auth?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly identitytoken?: unknown;
}

/** What Docker has: `config.json`, and the programs that it names if they are asked for. */
export class DockerCredentials {
  readonly #config: DockerConfig;
  readonly #runsHelpers: boolean;

  private constructor(config: DockerConfig, runsHelpers: boolean) {
    this.#config = config;
    this.#runsHelpers = runsHelpers;
  }

  /** @throws UsageError where the file can't be read */
  static async of(whose: Whose): Promise<DockerCredentials> {
    if (whose === "nobody") return new DockerCredentials({}, false);
    const folder = process.env["DOCKER_CONFIG"] || join(homedir(), ".docker");
    const path = join(folder, "config.json");
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      if (isSystemError(error, "ENOENT")) return "{}";
      throw new UsageError(`Docker's '${shown(path)}' can't be read: ${describeSystemError(error)}`);
    });
    try {
      const config = JSON.parse(text) as DockerConfig | null;
      if (typeof config === "object" && config !== null) return new DockerCredentials(config, whose === "docker-helpers");
    } catch {
      // The parser's message would quote the file.
    }
    throw new UsageError(`Docker's '${shown(path)}' can't be read: it isn't JSON`);
  }

  /**
   * @returns the credentials for a registry, if there are some
   * @throws UsageError where a helper fails
   */
  async for(host: string): Promise<Credentials | undefined> {
    const { credsStore } = this.#config;
    const auths = this.#config.auths ?? {};
    const credHelpers = this.#config.credHelpers ?? {};
    const keys = keysOf(host);
    if (this.#runsHelpers) {
      const key = keys.find((each) => typeof credHelpers[each] === "string");
      const helper = key === undefined ? credsStore : credHelpers[key];
      if (typeof helper === "string") {
        const found = await ofHelper(helper, key ?? keys[0] ?? host);
        if (found !== undefined) return found;
      }
    }
    for (const key of keys) {
      const found = ofEntry((Object.hasOwn(auths, key) ? auths[key] : undefined) ?? {});
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Source: docker/cli, `LoadFromReader` of its configuration's file: `auth` outranks a name and a password beside it. */
function ofEntry({ auth, username, password, identitytoken }: Entry): Credentials | undefined {
  if (typeof identitytoken === "string" && identitytoken !== "") return { identityToken: identitytoken };
  if (typeof auth === "string" && auth !== "") return ofAuth(auth);
  return typeof username === "string" && username !== "" && typeof password === "string" ? { username, password } : undefined;
}

function ofAuth(auth: string): Credentials | undefined {
  const [, username = "", password = ""] = /^([^:]*):([^]*?)\0*$/.exec(Buffer.from(auth, "base64").toString("utf8")) ?? [];
  return username === "" ? undefined : { username, password };
}

/** Source: docker/docker-credential-helpers, the protocol of `get`. */
async function ofHelper(name: string, server: string): Promise<Credentials | undefined> {
  if (!/^[\w.-]{1,64}$/.test(name)) throw new UsageError(`Docker's config.json names '${shown(name)}' as a credential helper, and no helper can have that name`);
  const called = `docker-credential-${name}`;
  const program = await programOnPath(called, process.cwd());
  if (program === undefined) throw new UsageError(`there is no program '${called}', which Docker's config.json names: ${isNotRun}`);
  const options = {
    // Some look for what they start in the working directory, as everything does on Windows.
    cwd: dirname(program.path),
    env: program.variables,
    timeout: milliseconds,
    maxBuffer: 2 ** 16,
    windowsHide: true,
  };
  const { output, failed } = await new Promise<{ readonly output: string; readonly failed: boolean }>((resolve) => {
    const child = execFile(program.path, ["get"], options, (error, output) => {
      resolve({ output, failed: error !== null });
    });
    child.stdin?.on("error", () => undefined).end(server);
  });
  if (failed) {
    if (/credentials not found/i.test(output)) return undefined;
    // What it says may be anything, and isn't shown.
    throw new UsageError(`'${called} get' has failed for '${shown(server)}'`);
  }
  try {
    const { Username: username, Secret: secret } = JSON.parse(output) as { readonly Username?: unknown; readonly Secret?: unknown };
    if (typeof username === "string" && typeof secret === "string" && secret !== "") {
      return username === "<token>" ? { identityToken: secret } : { username, password: secret };
    }
  } catch {
    // As if it said nothing that is of use.
  }
  throw new UsageError(`'${called} get' doesn't answer as a credential helper for '${shown(server)}'`);
}
