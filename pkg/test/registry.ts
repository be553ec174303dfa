import { execFileSync, spawn } from "node:child_process";
import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";

import { packageFolder } from "./paths.js";
import { type TestServer, serve } from "./server.js";
import { temporaryFolder } from "./temporary-folder.js";
import type { Certificates } from "./certificates.js";

/** A real registry on the loopback: Debian's `docker-registry`, which `scripts/install-registry` sees to. */

/** Who may pull where the registry asks for a name and a password. */
export const user = { name: "robot-of-the-registry", password: "S3cretOfTheRegistry" };

/** That password, by bcrypt. */
const htpasswd = `${user.name}:$2b$05$abcdefghijklmnopqrstuumtTKZnu47ktpPee1pPp7GrYgOU12Bp.\n`;

const program = [join(packageFolder, "../.tools/docker-registry/usr/bin/docker-registry"), ...onPath()].find((path) => existsSync(path));

function onPath(): readonly string[] {
  try {
    return [execFileSync("sh", ["-c", "command -v docker-registry"], { encoding: "utf8" }).trim()];
  } catch {
    return [];
  }
}

/** For `test`: why tests with a real registry aren't run; `false` where they are. */
export const skip: string | false =
  program === undefined ? "NOT RUN: there is no 'docker-registry'; 'scripts/install-registry' gets Debian's" : false;

export interface RegistryOptions {
  /** Where its content lies; two may share it. */
  readonly root: string;
  readonly basic?: boolean;
  readonly tokens?: { readonly realm: string; readonly certificates: Certificates };
  readonly tls?: { readonly certificates: Certificates; readonly host: string };
}

/** Starts one on a port that is free; it goes when the test ends. */
export async function registry(t: TestContext, { root, basic = false, tokens, tls }: RegistryOptions): Promise<string> {
  const folder = temporaryFolder(t, { htpasswd });
  const auth = basic
    ? { auth: { htpasswd: { realm: "test", path: join(folder, "htpasswd") } } }
    : tokens === undefined
      ? {}
      : { auth: { token: { realm: tokens.realm, service: "registry", issuer: "test", rootcertbundle: tokens.certificates.authority } } };
  const certificate = tls === undefined ? {} : { tls: { certificate: join(tls.certificates.folder, `${tls.host}.crt`), key: join(tls.certificates.folder, `${tls.host}.key`) } };
  const config = {
    version: "0.1",
    log: { level: "info" },
    storage: { filesystem: { rootdirectory: root } },
    http: { addr: "127.0.0.1:0", secret: "s", ...certificate },
    ...auth,
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yml"), JSON.stringify(config));
  const child = spawn(program ?? "", ["serve", join(folder, "config.yml")], { stdio: ["ignore", "ignore", "pipe"] });
  t.after(() => child.kill());
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      const [, address] = /msg="listening on ([\d.:]+)/.exec(log) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.on("error", reject).on("exit", () => reject(new Error(`the registry has ended: ${log}`)));
  });
}

/** What `push` makes. */
export interface Pushed {
  readonly digest: string;
}

/** Puts an image into an open registry: of one platform, or a list for several. */
export async function push(host: string, repository: string, tag: string, platforms: readonly string[]): Promise<Pushed> {
  const base = `http://${host}/v2/${repository}`;
  const manifests = [];
  for (const platform of platforms) {
    const [os, architecture, variant] = platform.split("/");
    const config = JSON.stringify({ os, architecture, ...(variant === undefined ? {} : { variant }), rootfs: { type: "layers", diff_ids: [] }, name: `${repository}:${tag}` });
    const digest = digestOf(config);
    const started = await fetch(`${base}/blobs/uploads/`, { method: "POST" });
    const location = new URL(started.headers.get("location") ?? "", base);
    location.searchParams.set("digest", digest);
    const put = await fetch(location, { method: "PUT", body: config, headers: { "content-type": "application/octet-stream" } });
    if (put.status !== 201) throw new Error(`blob: ${put.status} ${await put.text()}`);
    const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { mediaType: "application/vnd.docker.container.image.v1+json", size: config.length, digest },
      layers: [],
    });
    await putManifest(`${base}/manifests/${platforms.length === 1 ? tag : digestOf(manifest)}`, manifest, mediaType);
    manifests.push({ mediaType, digest: digestOf(manifest), size: manifest.length, platform: { os, architecture, ...(variant === undefined ? {} : { variant }) } });
  }
  const [only] = manifests;
  if (manifests.length === 1 && only !== undefined) return { digest: only.digest };
  const mediaType = "application/vnd.docker.distribution.manifest.list.v2+json";
  const list = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
  await putManifest(`${base}/manifests/${tag}`, list, mediaType);
  return { digest: digestOf(list) };
}

async function putManifest(url: string, body: string, type: string): Promise<void> {
  const put = await fetch(url, { method: "PUT", body, headers: { "content-type": type } });
  if (put.status !== 201) throw new Error(`manifest: ${put.status} ${await put.text()}`);
}

export function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** A server that gives tokens for repositories: for `public/…` to everybody, for others to the user. */
export async function tokenServer(t: TestContext, made: Certificates): Promise<TestServer & { readonly requests: { readonly url: string; readonly authorization: string | undefined }[] }> {
  made.of("token.example");
  const key = createPrivateKey(execFileSync("cat", [join(made.folder, "token.example.key")]));
  const x5c = [new X509Certificate(execFileSync("cat", [join(made.folder, "token.example.crt")])).raw.toString("base64")];
  const requests: { url: string; authorization: string | undefined }[] = [];
  const server = await serve(t, (request, response) => {
    const { authorization } = request.headers;
    requests.push({ url: request.url ?? "", authorization });
    const scope = new URL(request.url ?? "", "http://token.example").searchParams.get("scope") ?? "";
    const [type = "", name = "", actions = ""] = scope.split(":");
    const isUser = authorization === `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;
    if (authorization !== undefined && !isUser) {
      response.writeHead(401).end();
      return;
    }
    const may = isUser || name.startsWith("public/");
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: "test", sub: "", aud: "registry", iat: now, nbf: now - 5, exp: now + 300, jti: randomUUID(), access: may ? [{ type, name, actions: actions.split(",") }] : [] };
    const parts = [{ typ: "JWT", alg: "ES256", x5c }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    const signature = sign("sha256", Buffer.from(parts.join(".")), { key, dsaEncoding: "ieee-p1363" });
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token: [...parts, signature.toString("base64url")].join("."), expires_in: 300 }));
  });
  return { ...server, requests };
}
