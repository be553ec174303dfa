import { element, fill } from "./dom.ts";
import type { Outcome } from "./checker.ts";
import { kindOf } from "./findings.ts";
import type { OpenFile } from "./open-file.ts";
import { isPolicy } from "./project.ts";
import type { Workspace } from "./workspace.ts";

/** What a new file is filled with. */
const NEW_FILE = { path: "pipeline.yaml", text: "" } as const;

/** The files at the left: which there are, what they are, and which one is being looked at. */
export class FilesView {
  readonly #workspace: Workspace;
  readonly #list = element("ul", { class: "files" });
  readonly #say: (message: string) => void;
  readonly #drop: (file: OpenFile) => void;
  #renaming: OpenFile | undefined;
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
    this.#drop = remove;
    parent.append(this.#list);
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    workspace.on("files", () => this.#render());
    workspace.on("active", () => this.#render());
    this.#render();
  }

  /** Marks each file with what was found in it. */
  show(outcome: Outcome): void {
    this.#outcome = outcome;
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
    const focused = (document.activeElement as HTMLElement | null)?.dataset["file"];
    fill(this.#list, ...this.#workspace.files.map((file, index) => this.#item(file, index)));
    if (focused !== undefined) {
      const names = [...this.#list.querySelectorAll<HTMLElement>("[data-file]")];
      names[Math.min(Number(focused), names.length - 1)]?.focus();
    }
  }

  #item(file: OpenFile, index: number): HTMLElement {
    if (file === this.#renaming) return element("li", {}, this.#nameField(file));
    const slash = file.path.lastIndexOf("/") + 1;
    const { entity, worst, count } = this.#found(file);
    return element(
      "li",
      { class: file === this.#workspace.active ? "active" : null },
      element(
        "button",
        {
          type: "button",
          class: "file",
          "data-file": index,
          "aria-current": file === this.#workspace.active ? "true" : null,
          title: `${file.path} (F2: rename, Delete: remove)`,
          on: {
            click: () => this.#workspace.look(file),
            dblclick: () => this.#rename(file),
          },
        },
        element(
          "span",
          { class: "path" },
          slash > 0 && element("span", { class: "folder" }, file.path.slice(0, slash)),
          element("span", { class: "name" }, file.path.slice(slash)),
        ),
        element(
          "span",
          { class: "about" },
          element("span", { class: "entity" }, entity),
          count > 0 && element("span", { class: `count ${worst}` }, count),
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
  }

  #found(file: OpenFile): { entity: string; worst: string; count: number } {
    if (this.#outcome.kind !== "checked") return { entity: "", worst: "", count: 0 };
    const { findings, files } = this.#outcome.checked;
    const here = findings.filter((finding) => finding.file === file.path);
    const kinds = new Set(here.map(kindOf));
    const documents = files.find(({ path }) => path === file.path)?.documents ?? [];
    return {
      entity: isPolicy(file.path) ? "policy" : this.#outcome.checked.excluded.includes(file.path) ? "excluded" : [...new Set(documents.map(({ entity }) => entity ?? "not Harness"))].join(", "),
      worst: ["error", "warning", "note", "undecided"].find((kind) => kinds.has(kind as never)) ?? "",
      count: here.length,
    };
  }

  #nameField(file: OpenFile): HTMLElement {
    let done = false;
    const finish = (keep: boolean) => {
      if (done) return;
      done = true;
      this.#renaming = undefined;
      if (keep && !this.#workspace.rename(file, field.value)) {
        this.#say(`The file keeps its name: another file is called that, or the name is empty.`);
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
    this.#drop(file);
    const next = this.#workspace.files[Math.min(index, this.#workspace.files.length - 1)];
    if (next !== undefined) this.#focus(next);
  }

  #focus(file: OpenFile): void {
    const index = this.#workspace.files.indexOf(file);
    this.#list.querySelector<HTMLElement>(`[data-file="${index}"]`)?.focus();
  }

  #key(event: KeyboardEvent): void {
    const index = Number((event.target as HTMLElement).dataset["file"] ?? -1);
    const { files } = this.#workspace;
    const file = files[index];
    if (file === undefined) return;
    if (event.key === "F2") this.#rename(file);
    else if (event.key === "Delete") this.#remove(file);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = files[index + (event.key === "ArrowDown" ? 1 : -1)];
      if (next === undefined) return;
      this.#workspace.look(next);
      this.#focus(next);
    } else return;
    event.preventDefault();
  }
}
