/** Files by their paths. */
export type Files = Readonly<Record<string, string>>;

/** A pipeline of one step. */
export const pipeline = (name: string, { image = "node:22", connector = "" } = {}): string =>
  `pipeline:\n  identifier: ${name}\n  stages:\n    - stage: {identifier: s, type: Custom, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {${connector === "" ? "" : `connectorRef: ${connector}, `}image: "${image}"}}}]}}}\n`;

/** What a connector's root key has. */
export const connectorBody = (name: string, url: string): string =>
  `identifier: ${name}, type: DockerRegistry, spec: {dockerRegistryUrl: "${url}", providerType: Other, auth: {type: Anonymous}}`;

/** The forms in which a connector's root key may be written, each with the name of the connector. */
const connectorForms: readonly ((body: string) => string)[] = [
  (body) => `connector: {${body}}\n`,
  (body) => `{"version": 1, "connector": {${body}}}\n`,
  (body) => `"\\x63onnecto\\u0072": {${body}}\n`,
  (body) => `"conn\\\n  ector": {${body}}\n`,
  (body) => `? connector\n: {${body}}\n`,
  (body) => `? connector # of the team\n: {${body}}\n`,
  (body) => `---\n&key connector: {${body}}\n`,
  (body) => `a: 1\n---\n'connector' : {${body}}\n`,
];

/** Numbers that depend on the seed alone. */
function randomly(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Files of every kind, some of which decide about others. */
export function randomTree(seed: number): Files {
  const random = randomly(seed);
  const files: Record<string, string> = {};
  const folders = ["", ".harness/", "a b/", "é/", "\u{1f600}/", "\ufffd/"];
  const count = 6 + random(25);
  for (let at = 0; at < count; at += 1) {
    const path = `${folders[random(folders.length)] ?? ""}${at}.yaml`;
    const connector = `account.c${random(connectorForms.length)}`;
    switch (random(9)) {
      case 0:
        files[path] = "kind: Service\napiVersion: v1\nmetadata: {name: connector}\n";
        break;
      case 1:
        files[path] = `pipeline: {identifier: broken\n`;
        break;
      case 2:
        files[path] = `${pipeline(`p${at}`, { image: "<+input>", connector })}---\n${pipeline(`q${at}`)}`;
        break;
      case 3:
        files[path] = `template:\n  identifier: t${at}\n  type: Step\n  versionLabel: v1\n  spec: {type: Run, spec: {connectorRef: ${connector}, image: maven}}\n`;
        break;
      case 4:
        files[path] = pipeline(`p${at}`).replace("    - stage", "    # harness-image-guard: ignore[no-docker-hub] until 2031-01-01 -- known\n    - stage");
        break;
      default:
        files[path] = pipeline(`p${at}`, random(3) === 0 ? { image: "registry.example.com/team/a:1", connector } : { connector });
    }
  }
  for (const [at, form] of connectorForms.entries()) {
    if (random(4) > 0) files[`${folders[random(folders.length)] ?? ""}connector${at}.yaml`] = form(connectorBody(`c${at}`, random(2) === 0 ? "https://registry.example.com" : "https://registry-1.docker.io/v2/"));
  }
  const exceptions = ["- {rule: no-docker-hub, path: \"**/1*.yaml\", until: 2031-01-01, reason: known}", "- {rule: no-docker-hub, path: nowhere.yaml, until: 2031-01-01, reason: gone}", "- {rule: no-docker-hub, path: \"**/2*.yaml\", until: 2020-01-01, reason: old}"];
  files["harness-image-guard.yaml"] = `exceptions:\n${exceptions.slice(0, 1 + random(3)).map((each) => `  ${each}\n`).join("")}${random(2) === 0 ? "connectorFiles: [lists/account.yaml]\nconnectorsMaxAge: 30d\n" : ""}`;
  files["lists/account.yaml"] = `${random(2) === 0 ? "madeAt: 2024-02-29T12:00:00Z\nscopes: [account]\n" : ""}connectors:\n${random(4) === 0 ? "  wrong: 1\n" : ""}  - {identifier: c0, type: DockerRegistry, url: "https://listed.example"}\n`;
  return files;
}
