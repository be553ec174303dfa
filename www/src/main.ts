// First, so that the module loads while everything else does.
import { checkClient } from "./check-client.ts";
import type { ConfigView } from "./config-view.ts";
import type { PoliciesView } from "./policies-view.ts";
import { Checker, type Outcome } from "./checker.ts";
import { copier } from "./clipboard.ts";
import { byId, counted, element, fill } from "./dom.ts";
import { openChosen, openDropped, save } from "./disk.ts";
import type { Editor } from "./editor.ts";
import { EditorPane } from "./editor-pane.ts";
import { chooseExample } from "./examples.ts";
import { fetched } from "./fetched.ts";
import { FilesView } from "./files.ts";
import { FindingsView } from "./findings.ts";
import { History } from "./history.ts";
import type { ImagesView } from "./images-view.ts";
import { Keeping } from "./keeping.ts";
import { KeptChoice } from "./kept-choice.ts";
import { Knowledge } from "./knowledge.ts";
import { markdownOf } from "./markdown.ts";
import type { Finding } from "./messages.ts";
import { Notice } from "./notice.ts";
import { keepForOffline } from "./offline.ts";
import { dropFragment, Opening } from "./opening.ts";
import { policyClient } from "./policy-client.ts";
import type { RegoView } from "./rego-view.ts";
import { encode } from "./share.ts";
import { Scope } from "./scope.ts";
import { SAMPLE } from "./sample.ts";
import { splitter } from "./splitter.ts";
import { Storage } from "./storage.ts";
import { Tabs } from "./tabs.ts";
import { themeSwitch } from "./theme.ts";
import { Undo } from "./undo.ts";
import { filesOf, type Project } from "./project.ts";
import { Workspace } from "./workspace.ts";
import { zip } from "./zip.ts";

/** How long a check may take before "Checking…" replaces the old numbers, in milliseconds. */
const CHECKING_AFTER = 150;
/** How long the editor waits for the first verdict, in milliseconds: the module may take long to load. */
const EDITOR_AFTER = 2000;

const storage = await Storage.open();
const EMPTY: Project = { files: [{ path: "pipeline.yaml", text: "" }], config: "" };

const notice = new Notice(byId("notice", HTMLElement), () => storage.offer(false));
const panes = byId("panes", HTMLElement);
const status = byId("status", HTMLElement);
const workspace = new Workspace();
workspace.open(storage.kept?.project ?? SAMPLE);
const changes = new History(workspace, storage.kept?.changes ?? []);
const undo = new Undo(changes, notice, storage, byId("undo", HTMLElement));
const keeping = new Keeping(workspace, storage, notice, { label: "Save all as a zip", run: () => attempt(saveZip) });
const opening = new Opening(workspace, undo, notice, () => {
  showPane("results");
  tabs.select("rego");
});

const checker = new Checker(workspace, checkClient);
const knowledge = new Knowledge(checker, workspace);
const editor = new EditorPane(byId("editor", HTMLElement), workspace, { fix, undo: (edits) => undo.before(edits), knowledge });
const files = new FilesView(byId("files", HTMLElement), workspace, {
  say: (message) => notice.say(message),
  remove: (file) => undo.change(`Removed ${file.path}`, () => workspace.remove(file)),
});
const findings = new FindingsView(byId("view-findings", HTMLElement), {
  go: (finding, { focus }) => {
    if (focus) showPane("editor");
    inEditor((there) => there.go(finding.file, finding.from, finding.to, { focus }));
  },
  fix,
  fixAll: () => attempt(fixAll),
});
const policies = policyClient();
const copy = copier((message) => notice.say(message));
let imagesView: ImagesView | undefined;
let configView: ConfigView | undefined;
let regoView: RegoView | undefined;
let policiesView: PoliciesView | undefined;
const keptView = new KeptChoice("view");
const lastView = keptView.value;
const tabs = new Tabs(
  byId("views", HTMLElement),
  [
    { id: "findings", label: "Findings" },
    { id: "images", label: "Images" },
    { id: "config", label: "Config" },
    { id: "policies", label: "Policies" },
    { id: "rego", label: "Your Rego" },
  ],
  (id) => attempt(() => fillView(id)),
);

/** Loads a view's code when it is first shown, and updates it. */
async function fillView(id: string): Promise<void> {
  keptView.value = id;
  panes.dataset["view"] = id;
  if (id === "images") {
    const { ImagesView } = await fetched(import("./images-view.ts"));
    imagesView ??= new ImagesView(byId("view-images", HTMLElement), ({ file, from, to }) => {
      showPane("editor");
      inEditor((there) => there.go(file, from, to, { focus: true }));
    });
    await showImages();
  }
  if (id === "config") {
    const { ConfigView } = await fetched(import("./config-view.ts"));
    configView ??= new ConfigView(byId("view-config", HTMLElement), workspace, knowledge);
    configView.show(checker.outcome);
  }
  if (id === "rego") {
    const { RegoView } = await fetched(import("./rego-view.ts"));
    regoView ??= new RegoView(
      byId("view-rego", HTMLElement),
      workspace,
      policies,
      copy,
      (message) => notice.say(message),
      (path, line) => {
        showPane("editor");
        inEditor((there) => there.goToLine(path, line));
      },
    );
    regoView.look();
  }
  if (id === "policies") {
    const { PoliciesView } = await fetched(import("./policies-view.ts"));
    policiesView ??= new PoliciesView(byId("view-policies", HTMLElement), workspace, policies, copy);
    await policiesView.look();
  }
}

/** Updates the images, only while they are shown. */
async function showImages(): Promise<void> {
  if (imagesView === undefined || tabs.selected !== "images") return;
  if (checker.outcome.kind !== "checked") return;
  const pulled = await checker.ask("images");
  // To receive an answer about many images takes time, as does drawing them: let the page handle input in between.
  await new Promise((resolve) => setTimeout(resolve));
  imagesView.show(pulled);
}

// For tests: with the attribute `data-checked`, the results are those of the present text.
let late: ReturnType<typeof setTimeout> | undefined;
checker.on("change", () => {
  delete document.documentElement.dataset["checked"];
  late ??= setTimeout(() => {
    document.documentElement.dataset["checking"] = "";
    status.textContent = "Checking…";
    tabs.label("findings", "Findings");
  }, CHECKING_AFTER);
});
checker.on("outcome", () => {
  clearTimeout(late);
  late = undefined;
  delete document.documentElement.dataset["checking"];
  const { outcome } = checker;
  editor.mark(outcome.kind === "checked" ? outcome.checked.findings : []);
  findings.show(outcome, workspace.config);
  files.show(outcome);
  configView?.show(outcome);
  attempt(showImages);
  const text = statusOf(outcome);
  if (status.textContent !== text) status.textContent = text;
  tabs.label("findings", outcome.kind === "checked" ? `Findings (${outcome.checked.findings.length.toLocaleString("en")})` : "Findings");
  if (checker.isCurrent) document.documentElement.dataset["checked"] = String(performance.now());
  loadEditor();
});

// The editor is loaded after the first verdict, or earlier if it is clicked or focused.

byId("panel-editor", HTMLElement).addEventListener("focusin", () => loadEditor());
byId("editor", HTMLElement).addEventListener("pointerdown", () => loadEditor({ focus: true }));
setTimeout(loadEditor, EDITOR_AFTER);

function loadEditor({ focus = false } = {}): void {
  if (editor.isAskedFor) return;
  inEditor((there) => {
    if (focus) there.focus();
  });
}

/** Does something in the editor, once it has loaded. */
function inEditor(work: (editor: Editor) => void): void {
  attempt(async () => work(await editor.load()));
}

function statusOf(outcome: Outcome): string {
  if (outcome.kind === "waiting") return "Loading…";
  if (outcome.kind === "failed") return `Nothing was checked: ${outcome.error.message}`;
  const { errors, warnings, undecided, suppressed, documents } = outcome.checked.summary;
  const excepted = suppressed > 0 ? `, ${suppressed} suppressed` : "";
  const counts = `${counted(errors, "error")}, ${counted(warnings, "warning")}, ${undecided} undecided${excepted} in ${counted(documents, "document")}`;
  return [counts, ...new Scope(outcome, workspace.config).remarks].join(" · ");
}

function fix(finding: Finding): void {
  const { fix: found, file } = finding;
  if (found !== null) inEditor((there) => there.edit(file, found.edits));
}

async function fixAll(): Promise<void> {
  const fixed = await checker.ask("fix");
  undo.change(`Fixed ${counted(fixed.length, "file")}`, () => workspace.rewrite(fixed));
  // The button that had the focus is gone.
  inEditor((there) => there.focus());
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

if (lastView !== undefined && document.getElementById(`tab-${lastView}`) !== null) tabs.select(lastView);
splitter(byId("splitter", HTMLElement), panes);

const keys = byId("keys", HTMLElement);
const openFile = byId("open-file", HTMLElement);
const nameOpenFile = () => fill(openFile, workspace.active?.path);
for (const event of ["active", "files"] as const) workspace.on(event, nameOpenFile);
nameOpenFile();

const keptWrap = new KeptChoice("wrap");
const wrap = byId("wrap", HTMLButtonElement);
function wrapLines(isWrapped: boolean): void {
  keptWrap.value = String(isWrapped);
  wrap.setAttribute("aria-pressed", String(isWrapped));
  editor.wrap(isWrapped);
}
wrapLines(keptWrap.value === "true");
wrap.addEventListener("click", () => wrapLines(wrap.getAttribute("aria-pressed") !== "true"));
themeSwitch(byId("theme", HTMLButtonElement));
// Where there is no room for all keys, the tooltip lists them.
keys.title = keys.textContent ?? "";

// Menus close on a choice, on Escape, and on a click elsewhere.

for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu")) {
  const close = (): void => {
    // The focus must not stay on an item that disappears.
    if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
    menu.open = false;
  };
  menu.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest(".items") !== null) close();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) close();
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
    if (chosen !== null) attempt(async () => opening.files(await openChosen(chosen).finally(() => (input.value = ""))));
  });
}
onClick("open-files", () => chosenFiles.click());
onClick("open-folder", () => chosenFolder.click());
onClick("new-file", () => {
  showPane("files");
  files.add();
});
onClick("save-zip", saveZip);

async function saveZip(): Promise<void> {
  save("harness.zip", await zip(filesOf(workspace.project)));
}

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
    // The editor would insert the text of the file.
    event.stopPropagation();
    void openDropped(dataTransfer).then(
      (opened) => attempt(() => opening.files(opened)),
      (error: unknown) => notice.say(`What was dropped couldn't be read: ${String(error)}`),
    );
  },
  { capture: true },
);

// Links, examples, and what is stored in the browser.

onClick("share", async () => {
  const link = await linkHere();
  // The link holds the present state.
  history.replaceState(null, "", link);
  await copy(
    link,
    "The link is copied. It holds all files and the configuration, and no server sees them.",
    "the link is in the address bar",
  );
});
onClick("copy-markdown", async () => {
  const { outcome } = checker;
  if (outcome.kind !== "checked") throw new Error("Nothing was copied, because nothing was checked.");
  // A project may be too large for a link.
  const link = await linkHere().catch(() => undefined);
  await copy(markdownOf(outcome.checked, link), "Copied as Markdown.");
});
onClick("save-report", async () => {
  const report = await checker.ask("report");
  save("report.json", new Blob([report], { type: "application/json" }));
});
onClick("open-examples", () =>
  chooseExample(byId("examples", HTMLDialogElement), (example) => opening.project(example, `Opened the example “${example.title}”`)),
);
onClick("clear", () => {
  const { files: all, config, policy } = workspace.project;
  const isEmpty = config === "" && policy === undefined && all.every(({ text }) => text === "");
  if (isEmpty) deleteForGood();
  else opening.project(EMPTY, "Cleared everything", { label: "Delete for good", run: deleteForGood });
});
onClick("undo", () => undo.undo());
onClick("open-about", async () => (await fetched(import("./about.ts"))).showAbout(byId("about", HTMLDialogElement)));

// An introduction for newcomers.
const intro = byId("intro", HTMLElement);
const introChoice = "harness-image-guard.intro";
intro.hidden = storage.kept !== undefined || storage.isElsewhere || keptIntro() !== null;
onClick("dismiss-intro", () => {
  intro.hidden = true;
  try {
    localStorage.setItem(introChoice, "dismissed");
  } catch {
    // Then it is shown again.
  }
});

function keptIntro(): string | null {
  try {
    return localStorage.getItem(introChoice);
  } catch {
    return null;
  }
}

/** Deletes everything, also what Undo would need. */
function deleteForGood(): void {
  changes.forget();
  keeping.forget();
  notice.say("Deleted from this browser.");
}

async function linkHere(): Promise<string> {
  const link = new URL(location.href);
  link.hash = await encode(workspace.project);
  return link.href;
}

/** Does something; an error is shown in a notice. */
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

for (const event of ["files", "text", "config", "policy"] as const) workspace.on(event, dropFragment);
addEventListener("hashchange", () => attempt(() => opening.fragment()));
if (location.hash === "" && storage.isOffered) undo.offer();
else if (location.hash === "" && storage.isElsewhere) {
  notice.say("Your project is open in another tab, which keeps it. This tab starts with the sample and keeps its own.");
}
attempt(() => opening.fragment());
attempt(() => opening.url());
keepForOffline("./", { all: true });
