import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { strToU8, zipSync } from "fflate";
import { createGuard } from "harness-image-guard";
import { showReport } from "harness-image-guard/formats";
import { createHandler } from "harness-image-guard/handler";
import { packTar, type TarEntry } from "modern-tar";

import { git, repository } from "./repository.js";

const limits = { unpackedBytes: 2 ** 20, files: 100 };
const handler = createHandler({ anonymous: true, limits });
const pipeline = "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: maven}}}]}}}}]}\n";

interface Reported {
  readonly diagnostics: readonly { readonly file: string; readonly rule: string; readonly message: string }[];
  readonly files: readonly { readonly path: string }[];
}

async function send(body: Uint8Array, type: string, query = ""): Promise<Response> {
  return handler.fetch(new Request(`http://guard.example/v1/check${query}`, { method: "POST", body: body as Uint8Array<ArrayBuffer>, headers: { "content-type": type } }));
}

async function checked(body: Uint8Array, type: string, query = ""): Promise<Reported> {
  const response = await send(body, type, query);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text) as Reported;
}

async function assertRefused(body: Uint8Array, type: string, status: number, message: RegExp): Promise<void> {
  const response = await send(body, type);
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match((JSON.parse(text) as { readonly message: string }).message, message);
}

async function tar(...entries: readonly TarEntry[]): Promise<Uint8Array> {
  return packTar(entries);
}

function file(name: string, body: string): TarEntry {
  return { header: { name, size: Buffer.byteLength(body), type: "file" }, body };
}

for (const [format, type] of [
  ["zip", "application/zip"],
  ["tar.gz", "application/gzip"],
  ["tar", "application/x-tar"],
] as const) {
  test(`a repository as Git archives it in ${format} is checked like its files`, async (t) => {
    const files = {
      ".harness/pipeline.yaml": pipeline,
      "a/very/long/folder/whose/name/takes/more/than/the/hundred/bytes/that/the/first/tar/had/for/the/whole/of/a/path/b.yml": pipeline,
      "ünïcode/p.json": "{}",
      "src/main.rs": "fn main() {}",
      "template.yaml": "{{ not: yaml",
    };
    const folder = repository(t, files);
    const archive = execFileSync("git", ["archive", "--format", format, "--prefix", "repo-1234/", "HEAD"], { cwd: folder, maxBuffer: 2 ** 24 });
    const searched = Object.entries(files).filter(([path]) => !path.endsWith(".rs")).map(([path, text]) => ({ path, text, searched: true }));
    const expected = await showReport((await createGuard()).check(searched), "json");
    const response = await send(archive, type, "?strip=1");
    assert.equal(await response.text(), expected);
  });
}

test("with the attributes that the documentation says, .gitattributes hides nothing from an archive", async (t) => {
  const hidden = `${pipeline}# $Id: a $\n`;
  const folder = repository(t, { "p.yaml": hidden });
  writeFileSync(join(folder, ".gitattributes"), "*.yaml export-ignore export-subst ident working-tree-encoding=UTF-16LE\n");
  git(folder, "add", ".gitattributes");
  git(folder, "commit", "--quiet", "--message", "hide it");
  const page = readFileSync(new URL("../../docs/edge.md", import.meta.url), "utf8");
  const [, line = ""] = /`(\* !export-ignore [^`]*)`/.exec(page) ?? [];
  mkdirSync(join(folder, ".git", "info"), { recursive: true });
  writeFileSync(join(folder, ".git", "info", "attributes"), `${line}\n`);
  const archive = execFileSync("git", ["archive", "--format", "tar", "HEAD"], { cwd: folder });
  const expected = (await createGuard()).check([{ path: "p.yaml", text: hidden, searched: true }]);
  assert.deepEqual(await (await send(archive, "application/x-tar")).json(), JSON.parse(JSON.stringify(expected)));
});

test("an archive of many files takes no longer than a request may", async () => {
  const many = Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`${at}.yaml`, strToU8(pipeline)]));
  assert.equal((await checked(zipSync(many), "application/zip")).files.length, 90);
});

for (const name of ["../evil.yaml", "a/../../evil.yaml", "/etc/evil.yaml", "a\\..\\evil.yaml", "../README.md"]) {
  test(`an archive with ${JSON.stringify(name)} is refused whole`, async () => {
    const entries = { "a.yaml": strToU8(pipeline), [name]: strToU8(pipeline) };
    await assertRefused(zipSync(entries), "application/zip", 400, /the path/);
    await assertRefused(await tar(file("a.yaml", pipeline), file(name, pipeline)), "application/x-tar", 400, /the path/);
    await assertRefused(gzipSync(await tar(file("a.yaml", pipeline), file(name, pipeline))), "application/gzip", 400, /the path/);
  });
}

test("a bomb is refused before it is unpacked whole, by whatever it says of its size", async () => {
  const zeros = new Uint8Array(64 * 2 ** 20);
  const zip = zipSync({ "a.yaml": zeros });
  assert.ok(zip.length < 100_000);
  await assertRefused(zip, "application/zip", 413, /larger than 1048576 bytes when it is unpacked/);
  // Its headers say seven bytes.
  await assertRefused(patched(zip, (view, at, isList) => view.setUint32(at + (isList ? 24 : 22), 7, true)), "application/zip", 400, /larger than it says/);
  await assertRefused(gzipSync(zeros), "application/gzip", 413, /larger than 1048576/);
  const inTar = await tar({ header: { name: "a.yaml", size: zeros.length, type: "file" }, body: zeros });
  await assertRefused(gzipSync(inTar), "application/gzip", 413, /larger than 1048576/);
  const passedOver = await tar({ header: { name: "a.bin", size: zeros.length, type: "file" }, body: zeros });
  await assertRefused(gzipSync(passedOver), "application/gzip", 413, /larger than 1048576/);
});

test("too many entries are refused, also where none of them is looked at", async () => {
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`${at}.txt`, new Uint8Array()]));
  await assertRefused(zipSync(many), "application/zip", 413, /more than 1000 entries/);
  const entries = Object.keys(many).map((name) => file(name, ""));
  await assertRefused(gzipSync(await tar(...entries)), "application/gzip", 413, /more than 1000 entries|larger than/);
  const files = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`${at}.yaml`, new Uint8Array()]));
  await assertRefused(zipSync(files), "application/zip", 413, /more than 100 files/);
});

/** A zip with its headers changed: those before files, and those of the directory. */
function patched(zip: Uint8Array, change: (view: DataView, at: number, isList: boolean) => void): Uint8Array {
  const copy = zip.slice();
  const view = new DataView(copy.buffer);
  for (let at = 0; at + 46 < copy.length; at += 1) {
    const signature = view.getUint32(at, true);
    if (signature === 0x02014b50 || signature === 0x04034b50) change(view, at, signature === 0x02014b50);
  }
  return copy;
}

test("a zip that other programs could read otherwise is refused", async () => {
  const zip = zipSync({ "a.yaml": strToU8(pipeline), "b.yaml": strToU8("a: 1\n") });
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [patched(zip, (view, at, isList) => isList && view.setUint32(at + 24, 3, true)), /larger than it says|another file/],
    [patched(zip, (view, at, isList) => isList && view.setUint32(at + 24, 5000, true)), /isn't the file that its directory says/],
    [patched(zip, (view, at, isList) => isList && view.setUint32(at + 16, 1, true)), /isn't the file that its directory says/],
    [patched(zip, (view, at, isList) => isList && view.setUint32(at + 42, 0, true)), /two names/],
    [patched(zip, (view, at, isList) => isList && view.setUint32(at + 42, 0xfffffff0, true)), /a place where no file is/],
    [patched(zip, (view, at, isList) => !isList && view.setUint8(at + 30, 0x63)), /two names/],
    [patched(zip, (view, at, isList) => isList && view.setUint16(at + 8, 1, true)), /is encrypted/],
    [patched(zip, (view, at, isList) => isList && view.setUint16(at + 10, 12, true)), /by the method 12/],
    [patched(zip, (view, at, isList) => isList && view.setUint32(at + 20, 100_000, true)), /overlap|cut off/],
    [patched(zip, (view, at, isList) => isList && view.setUint8(at + 46, 0xff)), /two names|isn't UTF-8/],
    [zip.subarray(0, zip.length - 1), /no directory/],
    [zip.subarray(10), /no file|cut off|two names/],
    [new Uint8Array(), /no directory/],
    [crypto.getRandomValues(new Uint8Array(5000)), /no directory/],
    [strToU8("PK\u0005\u0006".padEnd(22, "\0")), /no file to check/],
  ];
  for (const [body, message] of cases) {
    const response = await send(body, "application/zip");
    const text = await response.text();
    assert.equal(response.status, 400, text);
    assert.match(text, message);
  }
});

test("a tar that is cut off, damaged or none is refused, and never checked in part", async () => {
  const whole = await tar(file("a.yaml", pipeline), file("b.yaml", pipeline.repeat(20)));
  for (const length of [0, 1, 511, 512, 513, 700, 1024, 1536, 2000, whole.length - 1025]) {
    await assertRefused(whole.subarray(0, length), "application/x-tar", 400, /ends early/);
    await assertRefused(gzipSync(whole.subarray(0, length)), "application/gzip", 400, /ends early/);
  }
  const packed = gzipSync(whole);
  for (const length of [0, 5, 20, packed.length - 9]) await assertRefused(packed.subarray(0, length), "application/gzip", 400, /ends early/);
  const damaged = whole.slice();
  damaged[1] = 0x41;
  await assertRefused(damaged, "application/x-tar", 400, /damaged/);
  await assertRefused(crypto.getRandomValues(new Uint8Array(5120)), "application/x-tar", 400, /isn.t a tar archive/);
});

test("random changes of archives are answered, and never by a fault", async () => {
  const zip = zipSync({ "a.yaml": strToU8(pipeline), "b/c.yaml": strToU8("a: 1\n") });
  const packed = await tar(file("a.yaml", pipeline), file("b.yaml", "a: 1\n"));
  let seed = 1;
  const random = (most: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % most;
  };
  for (let run = 0; run < 300; run += 1) {
    const [body, type] = run % 2 === 0 ? ([zip.slice(), "application/zip"] as const) : ([packed.slice(), "application/x-tar"] as const);
    for (let change = 0; change <= random(3); change += 1) body[random(body.length)] = random(256);
    const { status } = await send(body, type);
    assert.ok([200, 400, 413].includes(status), `${run}: ${status}`);
  }
});

test("links lead within the archive or are errors", async () => {
  const link = (name: string, linkname: string, type: "symlink" | "link" = "symlink"): TarEntry => ({ header: { name, linkname, type, size: 0 } });
  const archive = await tar(
    file("r/.harness/p.yaml", pipeline),
    link("r/x/good.yaml", "../.harness/p.yaml"),
    link("r/hard.yaml", "r/.harness/p.yaml", "link"),
    link("r/out.yaml", "../../etc/passwd"),
    link("r/absolute.yaml", "/etc/passwd"),
    link("r/gone.yaml", "nothing.yaml"),
    link("r/other.txt", "/etc/passwd"),
  );
  const { diagnostics } = await checked(archive, "application/x-tar", "?strip=1");
  const found = diagnostics.map(({ file: path, rule }) => `${path} ${rule}`).sort();
  assert.deepEqual(found, [".harness/p.yaml no-docker-hub", "absolute.yaml unreadable", "gone.yaml unreadable", "hard.yaml no-docker-hub", "out.yaml unreadable", "x/good.yaml no-docker-hub"]);
});

test("a link that is longer than any path leads nowhere", async () => {
  const link = (target: string): Uint8Array => {
    const asLink = { os: 3, attrs: 0o120777 * 2 ** 16 };
    return zipSync({ "p.yaml": strToU8(pipeline), "link.yaml": [strToU8(target), asLink] });
  };
  const rulesOf = async (target: string): Promise<readonly string[]> => {
    const { diagnostics } = await checked(link(target), "application/zip");
    return diagnostics.filter(({ file: path }) => path === "link.yaml").map(({ rule }) => rule);
  };
  assert.deepEqual(await rulesOf(`${"./".repeat(2000)}p.yaml`), ["no-docker-hub"]);
  assert.deepEqual(await rulesOf(`${"./".repeat(2100)}p.yaml`), ["unreadable"]);
});

test("what is neither a file nor a link is refused", async () => {
  await assertRefused(await tar({ header: { name: "pipe.yaml", type: "fifo", size: 0 } }), "application/x-tar", 400, /neither a file nor a link/);
});
