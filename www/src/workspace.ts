import type { Change, ChangedFile } from "./change.ts";
import { Emitter } from "./emitter.ts";
import { OpenFile } from "./open-file.ts";
import { isPolicy, type OwnPolicy, type PlainFile, POLICY_PATH, type Project, TESTS_PATH } from "./project.ts";

/** The state at one moment. */
interface Snapshot {
  readonly files: ReadonlyMap<string, { readonly file: OpenFile; readonly text: string; readonly index: number }>;
  readonly config: string;
  readonly policy: OwnPolicy | undefined;
  readonly active: string | undefined;
}

/**
 * The open project.
 *
 * `files`: a file was added, removed or renamed; `active`: another file is shown; `text`, `config`, `policy`: the text of a
 * file, the configuration or the user's policy has changed.
 */
export class Workspace extends Emitter<"files" | "active" | "text" | "config" | "policy"> {
  #files: OpenFile[] = [];
  #active: OpenFile | undefined;
  #config = "";
  #policy: OwnPolicy | undefined;
  #revision = 0;

  constructor() {
    super();
    for (const event of ["files", "text", "config", "policy"] as const) this.on(event, () => (this.#revision += 1));
  }

  /** A number that grows with each change. */
  get revision(): number {
    return this.#revision;
  }

  get files(): readonly OpenFile[] {
    return this.#files;
  }

  get active(): OpenFile | undefined {
    return this.#active;
  }

  get config(): string {
    return this.#config;
  }

  get policy(): OwnPolicy | undefined {
    return this.#policy;
  }

  /** All Rego modules: files, and the user's policy with its tests. */
  get modules(): readonly PlainFile[] {
    const own = [
      { path: POLICY_PATH, text: this.#policy?.rego ?? "" },
      { path: TESTS_PATH, text: this.#policy?.tests ?? "" },
    ];
    const files = this.#files.filter(({ path }) => isPolicy(path)).map(({ path, text }) => ({ path, text }));
    return [...files, ...own.filter(({ path, text }) => text !== "" && this.at(path) === undefined)];
  }

  /** Everything, as it is now. */
  get project(): Project {
    return {
      files: this.#files.map(({ path, text }) => ({ path, text })),
      config: this.#config,
      policy: this.#policy,
    };
  }

  /** Replaces everything. */
  open({ files, config, policy }: Project): void {
    const paths = new Set<string>();
    this.#files = files.map(({ path, text }) => {
      const free = paths.has(path) ? freePath(path, (other) => paths.has(other)) : path;
      paths.add(free);
      return new OpenFile(free, text);
    });
    this.#active = this.#files[0];
    this.#config = config;
    this.#policy = policy;
    this.emit("files");
    this.emit("active");
    this.emit("config");
    this.emit("policy");
  }

  /** Adds files; a file replaces one of the same path. */
  add(files: readonly PlainFile[]): void {
    const indexes = new Map(this.#files.map(({ path }, index) => [path, index]));
    const added = new Map(files.map(({ path, text }) => [path, new OpenFile(path, text)]));
    for (const [path, file] of added) {
      const index = indexes.get(path);
      if (index === undefined) this.#files.push(file);
      else this.#files[index] = file;
    }
    const [first] = added.values();
    if (first === undefined) return;
    this.#active = first;
    this.emit("files");
    this.emit("active");
  }

  remove(file: OpenFile): void {
    const index = this.#files.indexOf(file);
    if (index === -1) return;
    this.#files.splice(index, 1);
    if (this.#active === file) this.#active = this.#files[Math.min(index, this.#files.length - 1)];
    this.emit("files");
    this.emit("active");
  }

  /** Renames a file; `false` if the path is empty or another file's. */
  rename(file: OpenFile, path: string): boolean {
    const wanted = path.trim();
    if (wanted === "" || this.#files.some((other) => other !== file && other.path === wanted)) {
      return false;
    }
    file.path = wanted;
    this.emit("files");
    return true;
  }

  look(file: OpenFile): void {
    if (this.#active === file) return;
    this.#active = file;
    this.emit("active");
  }

  at(path: string): OpenFile | undefined {
    return this.#files.find((file) => file.path === path);
  }

  /** Has to be called after the text of a file was changed. */
  textChanged(): void {
    this.emit("text");
  }

  /** Replaces the texts of files. */
  rewrite(files: readonly PlainFile[]): void {
    for (const { path, text } of files) this.at(path)?.rewrite(text);
    this.textChanged();
  }

  configure(config: string): void {
    if (config === this.#config) return;
    this.#config = config;
    this.emit("config");
  }

  writePolicy(policy: OwnPolicy): void {
    this.#policy = policy;
    this.emit("policy");
  }

  /** The present state, for `since`. */
  snapshot(): Snapshot {
    return {
      files: new Map(this.#files.map((file, index) => [file.path, { file, text: file.text, index }])),
      config: this.#config,
      policy: this.#policy,
      active: this.#active?.path,
    };
  }

  /** The change since a snapshot; `undefined` if there is none. */
  since({ files, config, policy, active }: Snapshot, label: string): Change | undefined {
    const now = this.snapshot();
    const changed = [...new Set([...files.keys(), ...now.files.keys()])].flatMap((path) => {
      const [before, after] = [files.get(path), now.files.get(path)];
      if (before?.text === after?.text) return [];
      return [{ path, text: before?.text, index: before?.index ?? -1, file: before?.file }];
    });
    const change: Change = {
      label,
      files: changed,
      active,
      config: config === now.config ? undefined : config,
      policy: JSON.stringify(policy) === JSON.stringify(now.policy) ? undefined : (policy ?? null),
    };
    return changed.length === 0 && change.config === undefined && change.policy === undefined ? undefined : change;
  }

  /** Puts back what a change replaced, and leaves other edits alone. Returns the opposite change. */
  put({ label, files, config, policy, active }: Change): Change | undefined {
    const before = this.snapshot();
    for (const { path, text } of files) if (text === undefined) this.#files = this.#files.filter((file) => file.path !== path);
    for (const each of [...files].sort((a, b) => a.index - b.index)) this.#putFile(each);
    this.#active = this.at(active ?? "") ?? (this.#active !== undefined && this.#files.includes(this.#active) ? this.#active : this.#files[0]);
    this.emit("files");
    this.emit("active");
    if (config !== undefined) this.configure(config);
    if (policy !== undefined) {
      this.#policy = policy ?? undefined;
      this.emit("policy");
    }
    return this.since(before, label);
  }

  #putFile({ path, text, index, file }: ChangedFile & { readonly file?: OpenFile | undefined }): void {
    if (text === undefined) return;
    const there = this.at(path);
    if (there !== undefined && (file === undefined || file === there)) {
      there.rewrite(text);
      return;
    }
    const back = file?.path === path ? file : new OpenFile(path, text);
    back.rewrite(text);
    if (there === undefined) this.#files.splice(Math.min(index, this.#files.length), 0, back);
    else this.#files[this.#files.indexOf(there)] = back;
    if (this.#active === there) this.#active = back;
  }

  /** The path, numbered if a file has it. */
  freePath(path: string): string {
    return freePath(path, (other) => this.at(other) !== undefined);
  }
}

function freePath(path: string, isTaken: (path: string) => boolean): string {
  const [, stem = path, extension = ""] = /^(.*?)(\.[^./]*)?$/s.exec(path) ?? [];
  let free = path;
  for (let count = 2; isTaken(free); count += 1) free = `${stem}-${count}${extension}`;
  return free;
}
