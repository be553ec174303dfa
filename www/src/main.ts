// First, so that the module loads while everything else does.
import { checkClient } from "./check-client.ts";
import type { ConfigView } from "./config-view.ts";
import type { PoliciesView } from "./policies-view.ts";
import { Checker, type Outcome } from "./checker.ts";
import { copier } from "./clipboard.ts";
import { crc32 } from "./crc32.ts";
import { byId, counted, element, fill } from "./dom.ts";
import { openChosen, openDropped, type Opened, save } from "./disk.ts";
import type { Editor } from "./editor.ts";
import { EditorPane } from "./editor-pane.ts";
import { chooseExample, exampleNameIn, examples } from "./examples.ts";
import { fetched } from "./fetched.ts";
import { FilesView } from "./files.ts";
import { FindingsView } from "./findings.ts";
import { History } from "./history.ts";
import type { ImagesView } from "./images-view.ts";
import { isState, mayListConnectors } from "./connector-list.ts";
import { KeptChoice } from "./kept-choice.ts";
import { isUndo } from "./keys.ts";
import { Knowledge } from "./knowledge.ts";
import { markdownOf } from "./markdown.ts";
import type { Finding } from "./messages.ts";
import { type Action, Notice } from "./notice.ts";
import { keepForOffline } from "./offline.ts";
import { ownPolicyIn } from "./dropped-policy.ts";
import { policyClient } from "./policy-client.ts";
import type { RegoView } from "./rego-view.ts";
import { decode, encode, LinkError } from "./share.ts";
import { Scope } from "./scope.ts";
import { isUntouched, SAMPLE } from "./sample.ts";
import { splitter } from "./splitter.ts";
import { Storage } from "./storage.ts";
import { Tabs } from "./tabs.ts";
import { themeSwitch } from "./theme.ts";
import { CONFIG_PATH, filesOf, isPolicy, type Project } from "./project.ts";
import { Workspace } from "./workspace.ts";
import { zip } from "./zip.ts";

/** How long a check may take before old numbers give way to "Checking…", in milliseconds. */
const CHECKING_AFTER = 150;
/** How long after a change it is kept, in milliseconds. */
const KEEP_AFTER = 400;
/** How long the editor waits for the first verdict, in milliseconds: the module may take long to come. */
const EDITOR_AFTER = 2000;

const storage = await Storage.open();
const EMPTY: Project = { files: [{ path: "pipeline.yaml", text: "" }], config: "" };

const notice = new Notice(byId("notice", HTMLElement), () => storage.offer(false));
const panes = byId("panes", HTMLElement);
const status = byId("status", HTMLElement);
const workspace = new Workspace();
workspace.open(storage.kept?.project ?? SAMPLE);
const changes = new History(workspace, storage.kept?.changes ?? []);

const checker = new Checker(workspace, checkClient);
const knowledge = new Knowledge(checker, workspace);
const editor = new EditorPane(byId("editor", HTMLElement), workspace, { fix, undo: undoBefore, knowledge });
const files = new FilesView(byId("files", HTMLElement), workspace, {
  say: (message) => notice.say(message),
  remove: (file) => change(`Removed ${file.path}`, () => workspace.remove(file)),
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

/** What isn't seen at first is loaded when it is first looked at. */
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

/** Asked for only while it is looked at. */
async function showImages(): Promise<void> {
  if (imagesView === undefined || tabs.selected !== "images") return;
  if (checker.outcome.kind !== "checked") return;
  const pulled = await checker.ask("images");
  // An answer about many images is work by itself, and so is its picture: a key may come in between.
  await new Promise((resolve) => setTimeout(resolve));
  imagesView.show(pulled);
}

// For whoever drives the page: with the mark, what is seen is about what is written.
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
  if (outcome.kind === "checked") {
    tabs.label("findings", `Findings (${outcome.checked.findings.length.toLocaleString("en")})`);
  }
  if (checker.isCurrent) document.documentElement.dataset["checked"] = String(performance.now());
  loadEditor();
});

// The editor comes after the first verdict, or when somebody wants to write before.

byId("panel-editor", HTMLElement).addEventListener("focusin", () => loadEditor());
byId("editor", HTMLElement).addEventListener("pointerdown", () => loadEditor({ focus: true }));
setTimeout(loadEditor, EDITOR_AFTER);

function loadEditor({ focus = false } = {}): void {
  if (editor.isAskedFor) return;
  inEditor((there) => {
    if (focus) there.focus();
  });
}

/** Does something in the editor, once it is there. */
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
  change(`Fixed ${counted(fixed.length, "file")}`, () => workspace.rewrite(fixed));
  // Where the button was, there is none any more.
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

const openFile = byId("open-file", HTMLElement);
const nameOpenFile = () => (openFile.textContent = workspace.active?.path ?? "");
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
    if (chosen !== null) attempt(async () => take(await openChosen(chosen).finally(() => (input.value = ""))));
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
    // The editor would put the text of the file where it was dropped.
    event.stopPropagation();
    void openDropped(dataTransfer).then(
      (opened) => attempt(() => take(opened)),
      (error: unknown) => notice.say(`What was dropped couldn't be read: ${String(error)}`),
    );
  },
  { capture: true },
);

async function take({ files: found, config: ownConfig, left }: Opened): Promise<void> {
  const { files: all, config, messages: said, isImported } = await withImported(found, ownConfig);
  const messages = [...left, ...said];
  const { policy, files: opened } = ownPolicyIn(all, config ?? workspace.config);
  if (ownConfig !== undefined) messages.push(`${CONFIG_PATH} is now the configuration.`);
  if (all.length === 0 && config === undefined) messages.push("Nothing was opened: there is no YAML, JSON or Rego file.");
  notice.clear();
  const isSample = isUntouched(workspace.project) && opened.some(({ path }) => !isPolicy(path));
  const work = () => {
    // Nobody needs the sample beside files of one's own.
    if (isSample) workspace.open({ files: [], config: "" });
    if (config !== undefined) workspace.configure(config);
    const looked = workspace.active;
    workspace.add(opened);
    if (policy === undefined) return;
    // It is tried on what was looked at.
    if (looked !== undefined && workspace.files.includes(looked)) workspace.look(looked);
    workspace.writePolicy(policy);
  };
  if (policy !== undefined) {
    change("Opened the policy in Your Rego", work, messages);
    showPane("results");
    tabs.select("rego");
    return;
  }
  // What is only added needs no undo: it is removed by itself.
  const replaced = opened.filter(({ path, text }) => ![undefined, text].includes(workspace.at(path)?.text)).length;
  const isConfigured = config !== undefined && (isImported || ![config, ""].includes(workspace.config));
  if (replaced === 0 && !isConfigured) {
    work();
    notice.say(...messages);
    return;
  }
  const label = isImported ? "Imported connectors" : replaced === 0 ? "Replaced the configuration" : `Replaced ${counted(replaced, "file")} of the same name`;
  change(label, work, messages);
}

/** Files as they are opened: lists of connectors become one that the configuration names. */
async function withImported(
  found: Opened["files"],
  config: string | undefined,
): Promise<{ files: Opened["files"]; config: string | undefined; messages: readonly string[]; isImported: boolean }> {
  if (!found.some(mayListConnectors)) return { files: found.filter(({ path }) => !isState(path)), config, messages: [], isImported: false };
  const { importLists } = await fetched(import("./import-lists.ts"));
  return importLists(found, config, workspace.config, (files) => checkClient.ask("import", { files }));
}

// Links, examples, and what is kept in the browser.

onClick("share", async () => {
  const link = await linkHere();
  // Whatever was changed before is what the link holds.
  history.replaceState(null, "", link);
  await copy(
    link,
    "The link is copied. It holds all files and the configuration, and no server sees them.",
    "the link is in the address bar",
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
onClick("open-examples", () =>
  chooseExample(byId("examples", HTMLDialogElement), (example) => open(example, `Opened the example “${example.title}”`)),
);
onClick("clear", () => {
  const { files: all, config, policy } = workspace.project;
  const isEmpty = config === "" && policy === undefined && all.every(({ text }) => text === "");
  if (isEmpty) deleteForGood();
  else open(EMPTY, "Cleared everything", { label: "Delete for good", run: deleteForGood });
});
onClick("undo", undoChange);
onClick("open-about", async () => (await fetched(import("./about.ts"))).showAbout(byId("about", HTMLDialogElement)));

// One line for who has never been here.
const intro = byId("intro", HTMLElement);
const introChoice = "harness-image-guard.intro";
intro.hidden = storage.kept !== undefined || storage.isElsewhere || keptIntro() !== null;
onClick("dismiss-intro", () => {
  intro.hidden = true;
  try {
    localStorage.setItem(introChoice, "dismissed");
  } catch {
    // Then it is said again.
  }
});

function keptIntro(): string | null {
  try {
    return localStorage.getItem(introChoice);
  } catch {
    return null;
  }
}

/** Deletes what is kept for Undo, too. */
function deleteForGood(): void {
  clearTimeout(keeping);
  keeping = undefined;
  changes.forget();
  storage.forget();
  notice.say("Deleted from this browser.");
}

/** What an example or a link put here: until it is changed, nobody has written anything. */
const lastOpened = new KeptChoice("opened");

function sumOf(project: Project): string {
  return String(crc32(new TextEncoder().encode(JSON.stringify(project))));
}

function open(project: Project, label: string, ...actions: readonly Action[]): void {
  dropFragment();
  notice.clear();
  const now = workspace.project;
  const isUnwritten = isUntouched(now) || sumOf(now) === lastOpened.value;
  if (isUnwritten && actions.length === 0) workspace.open(project);
  else change(label, () => workspace.open(project), [], ...actions);
  lastOpened.value = actions.length === 0 ? sumOf(workspace.project) : "";
}

// What is more than an edit of a text can be undone, by the notice and by Control-Z.

function change(label: string, work: () => void, messages: readonly string[] = [], ...actions: readonly Action[]): void {
  if (changes.record(label, work)) offerUndo(messages, ...actions);
  else notice.say(...messages);
}

function offerUndo(messages: readonly string[] = [], ...actions: readonly Action[]): void {
  const { last } = changes;
  if (last === undefined) return;
  storage.offer(true);
  notice.offer([`${last.label}.`, ...messages], { label: "Undo", run: undoChange }, ...actions);
}

function undoChange(): void {
  const label = changes.last?.label ?? "";
  const opposite = changes.undo();
  storage.offer(false);
  if (opposite === undefined) return;
  notice.offer([`Undone: ${label}.`], {
    label: "Redo",
    run: () => {
      changes.redo(opposite);
      offerUndo();
    },
  });
}

/** Undoes the last change rather than an edit, where it was after all edits, or there is none. */
function undoBefore(edits: number): boolean {
  if (changes.last === undefined || (edits > 0 && !changes.isLatest)) return false;
  undoChange();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!isUndo(event) || event.defaultPrevented || changes.last === undefined) return;
  const [target] = event.composedPath();
  if (target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null) return;
  event.preventDefault();
  undoChange();
});

const undoButton = byId("undo", HTMLElement);
function showUndo(): void {
  undoButton.hidden = changes.last === undefined;
  undoButton.textContent = `Undo: ${changes.last?.label ?? ""}`;
}
changes.on("change", () => {
  storage.keepChanges(changes.changes);
  showUndo();
});
showUndo();

/** A link is about what it was made of: after an edit, a reload must not bring that back. */
function dropFragment(): void {
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
}

async function linkHere(): Promise<string> {
  const link = new URL(location.href);
  link.hash = await encode(workspace.project);
  return link.href;
}

/** `?url=` names a file elsewhere. The address is ours again afterwards: a reload must not open it once more. */
async function openUrl(): Promise<void> {
  const here = new URL(location.href);
  const address = here.searchParams.get("url");
  if (address === null) return;
  here.searchParams.delete("url");
  history.replaceState(null, "", here);
  const { fileAt } = await fetched(import("./open-url.ts"));
  const file = await fileAt(address);
  if (isPolicy(file.path)) await take({ files: [file], config: undefined, left: [] });
  else open({ files: [file], config: "" }, `Opened ${file.path}`);
  notice.also(`${file.path} is from ${new URL(address).host}. Nothing of yours was sent there.`);
}

async function openFragment(): Promise<void> {
  const fragment = location.hash.slice(1);
  if (fragment === "") return;
  const name = exampleNameIn(fragment);
  if (name === undefined) {
    const shared = await decode(fragment);
    if (shared !== undefined) open(shared, "Opened the link");
    return;
  }
  const example = (await examples()).find(({ id }) => id === name);
  if (example === undefined) throw new LinkError("There is no example of that name.");
  open(example, `Opened the example “${example.title}”`);
}

/** Does what was asked for; what goes wrong is shown, and the page goes on. */
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
  if (storage.keep(workspace.project) || toldOfStorage) return;
  toldOfStorage = true;
  notice.also("The browser has no room for this project: it won't be here after a reload.", {
    label: "Save all as a zip",
    run: () => attempt(saveZip),
  });
}

for (const event of ["files", "text", "config", "policy"] as const) {
  workspace.on(event, () => {
    dropFragment();
    keepSoon();
  });
}
for (const [target, event] of [[window, "pagehide"], [document, "visibilitychange"]] as const) {
  target.addEventListener(event, () => {
    if (keeping !== undefined) keepNow();
  });
}
addEventListener("hashchange", () => attempt(openFragment));
if (location.hash === "" && storage.isOffered) offerUndo();
else if (location.hash === "" && storage.isElsewhere) {
  notice.say("Your project is open in another tab, which keeps it. This tab starts with the sample and keeps its own.");
}
attempt(openFragment);
attempt(openUrl);
keepForOffline("./", { all: true });
