import assert from "node:assert/strict";
import { test } from "node:test";

import { bareHost, isLoopback, reachOf } from "../dist/cli/network/address.js";
import { Secrets } from "../dist/cli/network/secrets.js";
import { AllowedRegistries } from "../dist/cli/registry/allowed.js";
import { challengesOf } from "../dist/cli/registry/challenge.js";
import { hostOf, hostOfUrl, imageNameOf } from "../dist/cli/registry/image-name.js";

test("addresses of one's own network and of the link are told from public ones, however they are written", () => {
  const reaches = {
    public: ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"],
    private: ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "255.255.255.255", "::1", "::", "fd00::1", "::ffff:10.0.0.1", "::ffff:7f00:1", "64:ff9b::10.0.0.1", "ff02::1", "no address"],
    "link-local": ["169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"],
  };
  for (const [reach, addresses] of Object.entries(reaches)) {
    for (const address of addresses) assert.equal(reachOf(address), reach, address);
  }
  const own = ["localhost", "LOCALHOST", "127.8.0.1", "::1", "::ffff:127.0.0.1", bareHost(new URL("http://[::1]:80/"))];
  for (const host of own) assert.ok(isLoopback(host), host);
  for (const host of ["127.0.0.1.example", "localhost.example", "[::1]", "::2", "::ffff:10.0.0.1", "8.8.8.8", ""]) assert.ok(!isLoopback(host), host);
});

test("secrets are hidden as they are, in a header and in an address", () => {
  const secrets = new Secrets();
  secrets.add("p@ss word");
  secrets.add("p@ss word and more");
  secrets.add("a");
  const encoded = Buffer.from("p@ss word").toString("base64");
  assert.equal(secrets.hide(`p@ss word and more, p@ss word, ${encoded}, p%40ss%20word, a`), "***, ***, ***, ***, a");
});

test("challenges are read as RFC 9110 writes them", () => {
  const read = (header: string) => challengesOf(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]);
  assert.deepEqual(read('Bearer realm="https://a.example/token",service="r, \\"s\\"", scope="repository:a:pull,push"'), [
    ["bearer", { realm: "https://a.example/token", service: 'r, "s"', scope: "repository:a:pull,push" }],
  ]);
  assert.deepEqual(read('Negotiate, Basic realm=x, BEARER REALM="y"'), [["negotiate", {}], ["basic", { realm: "x" }], ["bearer", { realm: "y" }]]);
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("="), []);
  const before = Date.now();
  read(`Bearer ${'a="\\'.repeat(20_000)}`);
  assert.ok(Date.now() - before < 1000);
});

test("names are read as Docker reads them", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  assert.deepEqual(imageNameOf("docker.io/library/node"), { host: "docker.io", repository: "library/node", reference: "latest", isDigest: false });
  assert.deepEqual(imageNameOf("R.Example:5000/a/b__c:1.0"), { host: "r.example:5000", repository: "a/b__c", reference: "1.0", isDigest: false });
  assert.deepEqual(imageNameOf(`r.example/a:1@${digest}`), { host: "r.example", repository: "a", reference: digest, isDigest: true });
  for (const name of ["r.example/A", "r.example/a:", "r.example/a@sha256:1", "r.example/a//b", "r.example/../a", "r.example/a?b", "a b/c", "user@r.example/a", "r.example/", `r.example/${"a".repeat(600)}`]) {
    assert.equal(typeof imageNameOf(name), "string", name);
  }
  assert.deepEqual(["registry-1.docker.io", "R.example:443", "r.example/", "[::1]:5000", "a..b", "1.2.3.4.5:99999"].map(hostOf), ["docker.io", "r.example", undefined, "[::1]:5000", undefined, undefined]);
});

test("what a registry names is compared by the port at which it is asked, and a registry's address by its text", () => {
  const allowed = new AllowedRegistries(["127.0.0.1", "127.0.0.1:81", "r.example"], ["k.example"]);
  const reach = (address: string) => allowed.reachFrom("r.example", new URL(address));
  assert.deepEqual(["https://127.0.0.1/", "https://127.0.0.1:443/", "http://127.0.0.1:81/", "https://r.example:443/"].map(reach), [{}, {}, {}, {}]);
  assert.deepEqual(["http://127.0.0.1/", "http://127.0.0.1:80/", "https://r.example:80/"].map(reach), [undefined, undefined, undefined]);
  const urls = ["https://R.example:443/h", "http://r.example/h", "http://r.example:80/h", "https://u:p@r.example:5000", "https://index.docker.io/v1/", "r.example", "https://<+x>/"];
  assert.deepEqual(urls.map(hostOfUrl), ["r.example", "r.example", "r.example:80", "r.example:5000", "docker.io", undefined, undefined]);
});
