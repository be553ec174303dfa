import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";

import { temporaryFolder } from "./temporary-folder.js";

/** An authority of a test's own, and what it signs. */
export interface Certificates {
  /** The file with the authority's certificate. */
  readonly authority: string;
  /** The folder with `HOST.key` and `HOST.crt` of each. */
  readonly folder: string;
  /** A key and a certificate for a host, a name or an address. */
  of(host: string): { readonly key: Buffer; readonly cert: Buffer };
}

/** Makes them with `openssl`. */
export function certificates(t: TestContext): Certificates {
  const folder = temporaryFolder(t);
  const openssl = (...args: readonly string[]): unknown => execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test authority");
  return {
    authority: join(folder, "ca.crt"),
    folder,
    of: (host) => {
      const isAddress = /^[\d.]+$/.test(host);
      writeFileSync(join(folder, `${host}.ext`), `subjectAltName=${isAddress ? "IP" : "DNS"}:${host}\n`);
      openssl("req", ...key, "-keyout", `${host}.key`, "-out", `${host}.csr`, "-subj", `/CN=${host}`);
      openssl("x509", "-req", "-in", `${host}.csr`, "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", `${host}.ext`, "-out", `${host}.crt`);
      return { key: readFileSync(join(folder, `${host}.key`)), cert: readFileSync(join(folder, `${host}.crt`)) };
    },
  };
}
