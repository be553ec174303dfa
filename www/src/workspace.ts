import { Emitter } from "./emitter.ts";
import { OpenFile } from "./open-file.ts";
import type { OwnPolicy, PlainFile, Project } from "./project.ts";

/**
 * What is being worked on.
 *
 * `files`: a file came, went, or was renamed; `active`: another one is being looked at; `text`: one
 * was changed; `config`: the configuration was changed; `policy`: one's own policy was.
 */
export class Workspace extends Emitter<"files" | "active" | "text" | "config" | "policy"> {
  #files: OpenFile[] = [];
  #active: OpenFile | undefined;
  #config = "";
  #policy: OwnPolicy | undefined;

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

  /** Everything, as it is now. */
  get project(): Project {
    return {
      files: this.#files.map(({ path, text }) => ({ path, text })),
      config: this.#config,
      policy: this.#policy,
    };
  }

  /** Puts other files in the place of those that are there. */
  open({ files, config, policy }: Project): void {
    this.#files = [];
    for (const { path, text } of files) this.#files.push(new OpenFile(this.freePath(path), text));
    this.#active = this.#files[0];
    this.#config = config;
    this.#policy = policy;
    this.tell("files");
    this.tell("active");
    this.tell("config");
    this.tell("policy");
  }

  /** Adds files; one of a path that is there takes its place. */
  add(files: readonly PlainFile[]): void {
    let last: OpenFile | undefined;
    for (const { path, text } of files) {
      last = new OpenFile(path, text);
      const index = this.#files.findIndex((file) => file.path === path);
      if (index === -1) this.#files.push(last);
      else this.#files[index] = last;
    }
    if (last === undefined) return;
    this.#active = last;
    this.tell("files");
    this.tell("active");
  }

  remove(file: OpenFile): void {
    const index = this.#files.indexOf(file);
    if (index === -1) return;
    this.#files.splice(index, 1);
    if (this.#active === file) this.#active = this.#files[Math.min(index, this.#files.length - 1)];
    this.tell("files");
    this.tell("active");
  }

  /** Gives a file another path, unless it is empty or another file's. */
  rename(file: OpenFile, path: string): boolean {
    const wanted = path.trim();
    if (wanted === "" || this.#files.some((other) => other !== file && other.path === wanted)) {
      return false;
    }
    file.path = wanted;
    this.tell("files");
    return true;
  }

  look(file: OpenFile): void {
    if (this.#active === file) return;
    this.#active = file;
    this.tell("active");
  }

  at(path: string): OpenFile | undefined {
    return this.#files.find((file) => file.path === path);
  }

  /** To be called by whoever changed the text of a file. */
  textChanged(): void {
    this.tell("text");
  }

  configure(config: string): void {
    if (config === this.#config) return;
    this.#config = config;
    this.tell("config");
  }

  writePolicy(policy: OwnPolicy): void {
    this.#policy = policy;
    this.tell("policy");
  }

  /** A path like this one that no file has. */
  freePath(path: string): string {
    const [, stem = path, extension = ""] = /^(.*?)(\.[^./]*)?$/s.exec(path) ?? [];
    let free = path;
    for (let count = 2; this.at(free) !== undefined; count += 1) {
      free = `${stem}-${count}${extension}`;
    }
    return free;
  }
}
