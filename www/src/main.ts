import type { ConfigView } from "./config-view.ts";
import type { PoliciesView } from "./policies-view.ts";
import { Checker, type Outcome } from "./checker.ts";
import { copier } from "./clipboard.ts";
import { byId, counted, element, fill } from "./dom.ts";
import { openChosen, openDropped, type Opened, save } from "./disk.ts";
import { Editor } from "./editor.ts";
import { chooseExample, exampleNameIn, examples } from "./examples.ts";
import { FilesView } from "./files.ts";
import { FindingsView } from "./findings.ts";
import type { ImagesView } from "./images-view.ts";
import { markdownOf } from "./markdown.ts";
import type { Finding } from "./messages.ts";
import { Notice } from "./notice.ts";
import { keepForOffline } from "./offline.ts";
import { policyClient } from "./policy-client.ts";
import type { RegoView } from "./rego-view.ts";
import { decode, encode, LinkError } from "./share.ts";
import { splitter } from "./splitter.ts";
import { forget, keep, restore } from "./storage.ts";
import { Tabs } from "./tabs.ts";
import { themeSwitch } from "./theme.ts";
import { CONFIG_PATH, filesOf, type Project } from "./project.ts";
import { Workspace } from "./workspace.ts";
import { zip } from "./zip.ts";

/** How long after a change it is kept, in milliseconds. */
const KEEP_AFTER = 400;

const FIRST: Project = {
  config: "",
  files: [
    {
      path: "pipeline.yaml",
      text: `pipeline:
  name: Build
  identifier: build
  stages:
    - stage:
        name: Test
        identifier: test
        type: CI
        spec:
          infrastructure:
            type: KubernetesDirect
            spec:
              connectorRef: account.build_cluster
              namespace: harness-builds
              harnessImageConnectorRef: account.company_registry
          execution:
            steps:
              - step:
                  type: Run
                  name: Unit tests
                  identifier: unit
                  spec:
                    image: node:22-alpine
                    command: npm test
              - step:
                  type: Run
                  name: Browser tests
                  identifier: browser
                  spec:
                    connectorRef: account.partner_registry
                    image: <+pipeline.variables.browser>/tests:1
                    command: npm run test:browser
`,
    },
    {
      path: "connector.yaml",
      text: `connector:
  name: Company registry
  identifier: company_registry
  type: DockerRegistry
  spec:
    dockerRegistryUrl: https://registry.example.com/mirror
    providerType: Other
    auth:
      type: Anonymous
`,
    },
  ],
};

const notice = new Notice(byId("notice", HTMLElement));
const panes = byId("panes", HTMLElement);
const status = byId("status", HTMLElement);
const workspace = new Workspace();
workspace.open(restore() ?? FIRST);

const editor = new Editor(byId("editor", HTMLElement), workspace, mend);
const files = new FilesView(byId("files", HTMLElement), workspace, (message) => notice.say(message));
const findings = new FindingsView(byId("view-findings", HTMLElement), {
  go: (finding, { focus }) => {
    if (focus) showPane("editor");
    editor.go(finding.file, finding.from, finding.to, { focus });
  },
  mend,
  mendAll: () => attempt(mendAll),
});
const policies = policyClient();
const copy = copier((message) => notice.say(message));
let imagesView: ImagesView | undefined;
let configView: ConfigView | undefined;
let regoView: RegoView | undefined;
let policiesView: PoliciesView | undefined;
const tabs = new Tabs(
  byId("views", HTMLElement),
  [
    { id: "findings", label: "Findings" },
    { id: "images", label: "What will be pulled" },
    { id: "config", label: "Configuration" },
    { id: "policies", label: "Policies" },
    { id: "rego", label: "Your Rego" },
  ],
  (id) => attempt(() => fillView(id)),
);
const checker = new Checker(workspace);

/** What isn't seen at first is loaded when it is first looked at. */
async function fillView(id: string): Promise<void> {
  panes.dataset["view"] = id;
  if (id === "images") {
    const { ImagesView } = await import("./images-view.ts");
    imagesView ??= new ImagesView(byId("view-images", HTMLElement), ({ file, from, to }) => {
      showPane("editor");
      editor.go(file, from, to, { focus: true });
    });
    await showImages();
  }
  if (id === "config" && configView === undefined) {
    const { ConfigView } = await import("./config-view.ts");
    configView ??= new ConfigView(byId("view-config", HTMLElement), workspace);
    configView.show(checker.outcome);
  }
  if (id === "rego") {
    const { RegoView } = await import("./rego-view.ts");
    regoView ??= new RegoView(byId("view-rego", HTMLElement), workspace, policies, copy, (message) => notice.say(message));
    regoView.look();
  }
  if (id === "policies") {
    const { PoliciesView } = await import("./policies-view.ts");
    policiesView ??= new PoliciesView(byId("view-policies", HTMLElement), workspace, policies, copy);
    await policiesView.look();
  }
}

/** Asked for only while it is looked at. */
async function showImages(): Promise<void> {
  if (imagesView === undefined || tabs.selected !== "images") return;
  if (checker.outcome.kind === "checked") imagesView.show(await checker.ask("images"));
}

// For whoever drives the page: with the mark, what is seen is about what is written.
checker.on("change", () => delete document.documentElement.dataset["checked"]);
checker.on("outcome", () => {
  const { outcome } = checker;
  editor.mark(outcome.kind === "checked" ? outcome.checked.findings : []);
  findings.show(outcome);
  files.show(outcome);
  configView?.show(outcome);
  attempt(showImages);
  const text = statusOf(outcome);
  if (status.textContent !== text) status.textContent = text;
  if (outcome.kind === "checked") {
    tabs.label("findings", `Findings (${outcome.checked.findings.length.toLocaleString("en")})`);
  }
  if (checker.isCurrent) document.documentElement.dataset["checked"] = String(performance.now());
});

function statusOf(outcome: Outcome): string {
  if (outcome.kind === "waiting") return "Loading…";
  if (outcome.kind === "failed") return `Nothing was checked: ${outcome.error.message}`;
  const { errors, warnings, undecided, documents } = outcome.checked.summary;
  return `${counted(errors, "error")}, ${counted(warnings, "warning")}, ${undecided} undecided in ${counted(documents, "document")}`;
}

function mend(finding: Finding): void {
  if (finding.fix !== null) editor.edit(finding.file, finding.fix.edits);
}

async function mendAll(): Promise<void> {
  const mended = await checker.ask("fix");
  for (const { path, text } of mended) editor.rewrite(path, text);
  notice.say(`Mended ${counted(mended.length, "file")}. Control-Z takes it back, in each file.`);
}

// On a phone there is room for one pane at a time.

const PANES = [
  ["files", "Files"],
  ["editor", "Editor"],
  ["results", "Results"],
] as const;

const paneButtons = PANES.map(([pane, label]) =>
  element("button", { type: "button", on: { click: () => showPane(pane) } }, label),
);
fill(byId("phone-panes", HTMLElement), ...paneButtons);
showPane("editor");

function showPane(pane: (typeof PANES)[number][0]): void {
  panes.dataset["pane"] = pane;
  PANES.forEach(([each], index) => {
    if (each === pane) paneButtons[index]?.setAttribute("aria-current", "true");
    else paneButtons[index]?.removeAttribute("aria-current");
  });
}

splitter(byId("splitter", HTMLElement), panes);
themeSwitch(byId("theme", HTMLButtonElement));

// Menus close when something in them was chosen, by Escape, and by a click somewhere else.

for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu")) {
  menu.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest(".items") !== null) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  });
}

// Files from a disk, and back to it.

const chosenFiles = byId("choose-files", HTMLInputElement);
const chosenFolder = byId("choose-folder", HTMLInputElement);
for (const input of [chosenFiles, chosenFolder]) {
  input.addEventListener("change", () => {
    const { files: chosen } = input;
    if (chosen !== null) void openChosen(chosen).then(take).finally(() => (input.value = ""));
  });
}
onClick("open-files", () => chosenFiles.click());
onClick("open-folder", () => chosenFolder.click());
onClick("new-file", () => {
  showPane("files");
  files.add();
});
onClick("save-zip", async () => {
  save("harness.zip", await zip(filesOf(workspace.project)));
});

document.addEventListener("dragover", (event) => {
  if (event.dataTransfer?.types.includes("Files") !== true) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", ({ relatedTarget }) => {
  if (relatedTarget === null) document.body.classList.remove("dropping");
});
document.addEventListener(
  "drop",
  (event) => {
    document.body.classList.remove("dropping");
    const { dataTransfer } = event;
    if (dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    // The editor would put the text of the file where it was dropped.
    event.stopPropagation();
    void openDropped(dataTransfer).then(take, (error: unknown) => {
      notice.say(`What was dropped could not be read: ${String(error)}`);
    });
  },
  { capture: true },
);

function take({ files: opened, config, left }: Opened): void {
  if (config !== undefined) workspace.configure(config);
  workspace.add(opened);
  const messages = [...left];
  if (config !== undefined) messages.push(`${CONFIG_PATH} is now the configuration.`);
  if (opened.length === 0 && config === undefined) messages.push("No YAML, JSON or Rego file was opened.");
  notice.clear();
  notice.say(...messages);
}

// Links, examples, and what is kept in the browser.

onClick("share", async () => {
  const link = await linkHere();
  history.replaceState(null, "", link);
  await copy(
    link,
    "The link is copied. It holds all files and the configuration, and no server sees them.",
    "the link stands in the address bar",
  );
});
onClick("copy-markdown", async () => {
  const { outcome } = checker;
  if (outcome.kind !== "checked") return;
  await copy(markdownOf(outcome.checked, await linkHere()), "Copied as Markdown.");
});
onClick("save-report", async () => {
  const report = await checker.ask("report");
  save("report.json", new Blob([report], { type: "application/json" }));
});
onClick("open-examples", () => chooseExample(byId("examples", HTMLDialogElement), open));
onClick("clear", () => {
  open({ files: [{ path: "pipeline.yaml", text: "" }], config: "" });
  clearTimeout(keeping);
  forget();
  notice.say("Everything is cleared, here and in the browser's storage.");
});

function open(project: Project): void {
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
  notice.clear();
  workspace.open(project);
}

async function linkHere(): Promise<string> {
  const link = new URL(location.href);
  link.hash = await encode(workspace.project);
  return link.href;
}

async function openFragment(): Promise<void> {
  const fragment = location.hash.slice(1);
  if (fragment === "") return;
  const name = exampleNameIn(fragment);
  if (name === undefined) {
    const shared = await decode(fragment);
    if (shared !== undefined) open(shared);
    return;
  }
  const example = (await examples()).find(({ id }) => id === name);
  if (example === undefined) throw new LinkError("There is no example of that name.");
  open(example);
}

/** Does what was asked for; what goes wrong is told, and the page goes on. */
function attempt(work: () => unknown): void {
  void (async () => {
    try {
      await work();
    } catch (error) {
      notice.say(error instanceof Error ? error.message : String(error));
    }
  })();
}

function onClick(id: string, work: () => unknown): void {
  byId(id, HTMLElement).addEventListener("click", () => attempt(work));
}

let keeping: ReturnType<typeof setTimeout> | undefined;
let toldOfStorage = false;

function keepSoon(): void {
  clearTimeout(keeping);
  keeping = setTimeout(keepNow, KEEP_AFTER);
}

function keepNow(): void {
  clearTimeout(keeping);
  keeping = undefined;
  if (keep(workspace.project) || toldOfStorage) return;
  toldOfStorage = true;
  notice.also("This is too large for the browser's storage: it won't be here after a reload.");
}

for (const event of ["files", "text", "config", "policy"] as const) workspace.on(event, keepSoon);
addEventListener("pagehide", () => {
  if (keeping !== undefined) keepNow();
});
addEventListener("hashchange", () => attempt(openFragment));
attempt(openFragment);
keepForOffline();
