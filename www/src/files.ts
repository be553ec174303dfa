import { counted, element, fill } from "./dom.ts";
import type { Outcome } from "./checker.ts";
import { type Kind, kindOf, KINDS } from "./findings.ts";
import { foldersOf, type Row, rowsOf } from "./file-tree.ts";
import type { Checked } from "./messages.ts";
import type { OpenFile } from "./open-file.ts";
import { isPolicy } from "./project.ts";
import type { Workspace } from "./workspace.ts";

/** A new file's path and content. */
const NEW_FILE = { path: "pipeline.yaml", text: "" } as const;

/** From this many files on, there is a filter. */
const FILTER_FROM = 10;
/** How many characters at a name's end are always shown. */
const TAIL = 12;
/** The deepest indentation, in levels. */
const MOST_DEPTH = 8;

/** What is shown beside a file's name. */
interface Found {
  readonly entity: string;
  readonly worst: "" | Kind;
  readonly count: number;
}

const NOTHING: Found = { entity: "", worst: "", count: 0 };

/** The list of files at the left, with their entities and findings. */
export class FilesView {
  readonly #workspace: Workspace;
  readonly #list = element("ul", { class: "files" });
  readonly #say: (message: string) => void;
  readonly #removeFile: (file: OpenFile) => void;
  #renaming: OpenFile | undefined;
  readonly #filter = element("input", {
    type: "search",
    class: "file-filter",
    placeholder: "Filter files",
    "aria-label": "Filter files",
    autocomplete: "off",
    hidden: true,
    on: { input: () => this.#render() },
  });
  readonly #hidden = element("p", { class: "hint hidden-files", hidden: true });
  readonly #closed = new Set<string>();
  readonly #byFile = new Map<string, Found>();
  /** The findings below each folder. */
  readonly #counts = new Map<string, Omit<Found, "entity">>();
  /** The files in folders that aren't Harness's. */
  readonly #others = new Set<string>();
  readonly #made = new Map<string, { readonly state: string; readonly item: HTMLElement }>();
  #rows: readonly Row[] = [];
  #areAllShown = false;
  #focusedRow = -1;
  #outcome: Outcome = { kind: "waiting" };

  /**
   * @param say shows a message
   * @param remove removes a file, so that it can be undone
   */
  constructor(
    parent: HTMLElement,
    workspace: Workspace,
    { say, remove }: { readonly say: (message: string) => void; readonly remove: (file: OpenFile) => void },
  ) {
    this.#workspace = workspace;
    this.#say = say;
    this.#removeFile = remove;
    parent.append(this.#filter, this.#list, this.#hidden);
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    workspace.on("files", () => this.#render());
    workspace.on("active", () => this.#render());
    this.#render();
  }

  /** Shows the findings of each file. */
  show(outcome: Outcome): void {
    this.#outcome = outcome;
    this.#count();
    if (this.#renaming === undefined) this.#render();
  }

  /** Adds an empty file, and asks for its name. */
  add(): void {
    const path = this.#workspace.freePath(NEW_FILE.path);
    this.#workspace.add([{ ...NEW_FILE, path }]);
    const made = this.#workspace.at(path);
    if (made !== undefined) this.#rename(made);
  }

  #render(): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset["path"];
    const { files } = this.#workspace;
    this.#filter.hidden = files.length < FILTER_FROM && this.#filter.value === "";
    const wanted = this.#filter.value.toLowerCase();
    const shown = files.filter((file) => this.#isShown(file) && file.path.toLowerCase().includes(wanted));
    this.#rows = rowsOf(shown.map(({ path }) => path), (folder) => wanted === "" && this.#closed.has(folder));
    const indexes = new Map(files.map((file, index) => [file.path, { file, index }]));
    const items = this.#rows.map((row) => {
      if (row.kind === "folder") return this.#kept(row.path, this.#folderState(row), () => this.#folder(row));
      const { file, index } = indexes.get(row.path) ?? { file: undefined, index: -1 };
      if (file === undefined) return element("li");
      if (file === this.#renaming) return element("li", {}, this.#nameField(file));
      const state = [index, file === this.#workspace.active, row.depth, this.#found(file)];
      return this.#kept(`/${row.path}`, state, () => this.#item(file, index, row.depth));
    });
    replaceItems(this.#list, items);
    this.#renderHidden();
    if (focused !== undefined && (document.activeElement as HTMLElement | null)?.dataset["path"] !== focused) {
      const paths = this.#rows.map(({ path }) => path);
      const next = paths.includes(focused) ? focused : paths[Math.min(this.#focusedRow, paths.length - 1)];
      this.#focusPath(next);
    }
    this.#focusedRow = this.#rows.findIndex(({ path }) => path === focused);
  }

  /** The element for a key, made again only if its state has changed. */
  #kept(key: string, state: unknown, make: () => HTMLElement): HTMLElement {
    const wanted = JSON.stringify(state);
    const known = this.#made.get(key);
    if (known?.state === wanted) return known.item;
    const item = make();
    this.#made.set(key, { state: wanted, item });
    return item;
  }

  /** Hides files in folders that aren't Harness's, which the command ignores. */
  #isShown(file: OpenFile): boolean {
    return this.#areAllShown || file === this.#workspace.active || !this.#others.has(file.path);
  }

  #renderHidden(): void {
    const count = this.#workspace.files.filter(({ path }) => this.#others.has(path)).length;
    this.#hidden.hidden = count === 0;
    if (count === 0) return;
    const what = count === 1 ? "1 file isn't Harness's" : `${count.toLocaleString("en")} files aren't Harness's`;
    fill(
      this.#hidden,
      `${what}. `,
      element(
        "button",
        {
          type: "button",
          on: {
            click: () => {
              this.#areAllShown = !this.#areAllShown;
              this.#render();
            },
          },
        },
        this.#areAllShown ? "Hide" : "Show",
      ),
    );
  }

  #folderState({ path, label, depth }: Extract<Row, { kind: "folder" }>): unknown {
    return [label, depth, this.#closed.has(path) && this.#filter.value === "", this.#counts.get(path)];
  }

  #folder({ path, label, depth }: Extract<Row, { kind: "folder" }>): HTMLElement {
    const isClosed = this.#closed.has(path) && this.#filter.value === "";
    const { count = 0, worst = "" } = this.#counts.get(path) ?? {};
    const item = element(
      "li",
      { class: "folder-row" },
      element(
        "button",
        {
          type: "button",
          class: "folder",
          "data-path": path,
          "aria-expanded": String(!isClosed),
          title: path,
          on: { click: () => this.#toggle(path) },
        },
        element("span", { class: "twist", "aria-hidden": "true" }, isClosed ? "▸" : "▾"),
        ...middle(label),
        badge({ count, worst }),
      ),
    );
    item.style.setProperty("--depth", String(Math.min(depth, MOST_DEPTH)));
    return item;
  }

  #toggle(path: string): void {
    if (!this.#closed.delete(path)) this.#closed.add(path);
    this.#render();
    this.#focusPath(path);
  }

  #item(file: OpenFile, index: number, depth: number): HTMLElement {
    const { entity, worst, count } = this.#found(file);
    const item = element(
      "li",
      { class: file === this.#workspace.active ? "active" : null },
      element(
        "button",
        {
          type: "button",
          class: "file",
          "data-file": index,
          "data-path": file.path,
          "aria-current": file === this.#workspace.active ? "true" : null,
          title: `${file.path} (F2: rename, Delete: remove)`,
          on: {
            click: () => this.#workspace.look(file),
            dblclick: () => this.#rename(file),
          },
        },
        ...middle(file.path.slice(file.path.lastIndexOf("/") + 1)),
        element(
          "span",
          { class: "about" },
          element("span", { class: "entity" }, entity),
          badge({ count, worst }),
        ),
      ),
      element(
        "button",
        {
          type: "button",
          class: "quiet rename",
          "aria-label": `Rename ${file.path}`,
          title: "Rename",
          on: { click: () => this.#rename(file) },
        },
        "✎",
      ),
      element(
        "button",
        {
          type: "button",
          class: "quiet remove",
          "aria-label": `Remove ${file.path}`,
          title: "Remove",
          on: { click: () => this.#remove(file) },
        },
        "×",
      ),
    );
    item.style.setProperty("--depth", String(Math.min(depth, MOST_DEPTH)));
    return item;
  }

  #found(file: OpenFile): Found {
    if (isPolicy(file.path)) return { entity: "policy", worst: "", count: 0, ...this.#byFile.get(file.path) };
    return this.#byFile.get(file.path) ?? NOTHING;
  }

  /** Counts the findings once per check, because there may be many files and findings. */
  #count(): void {
    this.#byFile.clear();
    this.#counts.clear();
    this.#others.clear();
    if (this.#outcome.kind !== "checked") return;
    const { findings, files, excluded } = this.#outcome.checked;
    for (const { path, documents } of files) {
      const entity = isPolicy(path) ? "policy" : [...new Set(documents.map(entityOf))].join(", ");
      this.#byFile.set(path, { entity, worst: "", count: 0 });
      const isOther = documents.length > 0 && documents.every(({ status }) => status === "not-applicable");
      if (isOther && path.includes("/")) this.#others.add(path);
    }
    for (const path of excluded) this.#byFile.set(path, { entity: "excluded", worst: "", count: 0 });
    for (const finding of findings) {
      const { file } = finding;
      const kind = kindOf(finding);
      const { entity, ...here } = this.#byFile.get(file) ?? NOTHING;
      this.#byFile.set(file, { entity, ...more(here, kind) });
      this.#others.delete(file);
      for (const folder of foldersOf(file)) this.#counts.set(folder, more(this.#counts.get(folder) ?? NOTHING, kind));
    }
  }

  #nameField(file: OpenFile): HTMLElement {
    let done = false;
    const finish = (keep: boolean) => {
      if (done) return;
      done = true;
      this.#renaming = undefined;
      if (keep && !this.#workspace.rename(file, field.value)) {
        this.#say("The file keeps its name: another file has the new name, or that is empty.");
      }
      this.#render();
      this.#focus(file);
    };
    const field = element("input", {
      class: "file-name",
      "aria-label": `Name of ${file.path}`,
      value: file.path,
      spellcheck: "false",
      autocomplete: "off",
      on: {
        blur: () => finish(true),
        keydown: (event) => {
          event.stopPropagation();
          if (event.key === "Enter") finish(true);
          if (event.key === "Escape") finish(false);
        },
      },
    });
    return field;
  }

  #rename(file: OpenFile): void {
    this.#renaming = file;
    this.#render();
    const field = this.#list.querySelector("input");
    field?.focus();
    field?.setSelectionRange(
      file.path.lastIndexOf("/") + 1,
      Math.max(file.path.lastIndexOf("."), file.path.lastIndexOf("/") + 1),
    );
  }

  #remove(file: OpenFile): void {
    const index = this.#workspace.files.indexOf(file);
    this.#removeFile(file);
    const next = this.#workspace.files[Math.min(index, this.#workspace.files.length - 1)];
    if (next !== undefined) this.#focus(next);
  }

  #focus(file: OpenFile): void {
    this.#focusPath(file.path);
  }

  #focusPath(path: string | undefined): void {
    if (path === undefined) return;
    [...this.#list.querySelectorAll<HTMLElement>("[data-path]")].find((each) => each.dataset["path"] === path)?.focus();
  }

  #key(event: KeyboardEvent): void {
    const path = (event.target as HTMLElement).dataset["path"];
    const at = this.#rows.findIndex((row) => row.path === path);
    const row = this.#rows[at];
    if (row === undefined) return;
    const file = this.#workspace.at(row.path);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = this.#rows[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next === undefined) return;
      const nextFile = next.kind === "file" ? this.#workspace.at(next.path) : undefined;
      if (nextFile !== undefined) this.#workspace.look(nextFile);
      this.#focusPath(next.path);
    } else if (row.kind === "folder") {
      const isClosed = this.#closed.has(row.path);
      if (event.key !== (isClosed ? "ArrowRight" : "ArrowLeft")) return;
      this.#toggle(row.path);
    } else if (file === undefined) return;
    else if (event.key === "F2") this.#rename(file);
    else if (event.key === "Delete") this.#remove(file);
    else return;
    event.preventDefault();
  }
}

/** A count with one more finding. */
function more({ count, worst }: Omit<Found, "entity">, kind: Kind): Omit<Found, "entity"> {
  return { count: count + 1, worst: worst === "" || KINDS.indexOf(kind) < KINDS.indexOf(worst) ? kind : worst };
}

/** What a document is, as far as the check could read it. */
function entityOf({ entity, status }: Checked["files"][number]["documents"][number]): string {
  return entity ?? (status === "error" ? "not checked" : "not Harness");
}

/** The number of findings, in the color of the worst. */
function badge({ count, worst }: Omit<Found, "entity">): HTMLElement | false {
  const label = `${counted(count, "finding")}, worst: ${worst}`;
  return count > 0 && element("span", { class: `count ${worst}`, role: "img", "aria-label": label, title: label }, count);
}

/** A name that is shortened in the middle, because its ends say most. Screen readers would read its two parts as two words. */
function middle(name: string): HTMLElement[] {
  const points = [...name];
  const tail = Math.min(TAIL, Math.floor(points.length / 2));
  return [
    element("span", { class: "visually-hidden" }, name),
    element(
      "span",
      { class: "path", "aria-hidden": "true" },
      element("span", { class: "head" }, points.slice(0, points.length - tail).join("")),
      element("span", { class: "tail" }, points.slice(points.length - tail).join("")),
    ),
  ];
}

/** Replaces a list's items, touching only those that have changed. */
function replaceItems(list: HTMLElement, items: readonly HTMLElement[]): void {
  const there = [...list.children];
  if (there.length === items.length) {
    const changed = items.flatMap((item, index) => (item === there[index] ? [] : [index]));
    if (changed.every((index) => !there.includes(items[index] as Element))) {
      for (const index of changed) there[index]?.replaceWith(items[index] as Element);
      return;
    }
  }
  list.replaceChildren(...items);
}
