/** The name of an image, as Docker and the OCI distribution specification read it. */
export interface ImageName {
  /** The registry's host, in lower case, with its port where that isn't 443; `docker.io` for Docker Hub. */
  readonly host: string;
  readonly repository: string;
  /** The tag, or the digest, which outranks it. */
  readonly reference: string;
  readonly isDigest: boolean;
}

/** How many characters a name may have: Docker's own bound, and a registry's, is 255 for the repository. */
const longest = 512;

/** Source: the distribution specification, `name`, `reference`; Docker's `reference` for hosts. */
const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/;

/** Hosts that mean Docker Hub, whose registry is at another one. */
const dockerHub: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);

/** @returns the host as everything here compares it; `undefined` where it is none */
export function hostOf(text: string): string | undefined {
  const host = text.toLowerCase().replace(/:443$/, "");
  if (host.length > 255 || !hostPattern.test(host) || !URL.canParse(`https://${host}/`)) return undefined;
  return dockerHub.has(host) ? "docker.io" : host;
}

/** @returns the host of a registry's address, with the port that is written there, as it becomes part of images' names */
export function hostOfUrl(url: string): string | undefined {
  const [, authority] = /^\s*[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url) ?? [];
  return authority === undefined ? undefined : hostOf(authority);
}

/**
 * @returns the host that an address is asked at; without TLS, the usual port is another one. `undefined` where it is
 * none: an address may have `;` or `$(…)` for a host, which nobody should copy into a command
 */
export function hostAt({ protocol, port, hostname, host }: URL): string | undefined {
  return hostOf(protocol === "http:" && port === "" ? `${hostname}:80` : host);
}

/** @returns a full name, with its host as everything here compares it */
export function comparable(fullName: string): string {
  const [first = "", ...rest] = fullName.split("/");
  return [hostOf(first) ?? first, ...rest].join("/");
}

/** @returns the parts of a full name, with its host; a sentence where no registry can have such a name */
export function imageNameOf(fullName: string): ImageName | string {
  if (fullName.length > longest) return `a name has at most ${longest} characters`;
  const [first = "", ...rest] = fullName.split("/");
  const host = hostOf(first);
  if (host === undefined) return "its host isn't valid";
  const [named = "", ...digests] = rest.join("/").split("@");
  const colon = named.lastIndexOf(":");
  const [repository, tag] = colon > named.lastIndexOf("/") ? [named.slice(0, colon), named.slice(colon + 1)] : [named, "latest"];
  if (repository.length > 255 || !repositoryPattern.test(repository)) return "its repository isn't valid; it may not have capital letters, for example";
  if (!tagPattern.test(tag)) return "its tag isn't valid";
  const [digest] = digests;
  if (digest === undefined) return { host, repository, reference: tag, isDigest: false };
  if (digests.length > 1 || !isDigest(digest)) return "its digest isn't valid: sha256 has 64 digits and sha512 128";
  return { host, repository, reference: digest, isDigest: true };
}

export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}
