/** The text of a file while it is edited, with the history of its changes: an editor has it. */
export interface EditedText {
  readonly text: string;
  /** Gives it another text, changing only what differs, as one step that can be undone. */
  rewrite(text: string): void;
}

/** A file that is open: its path, and its text. */
export class OpenFile {
  path: string;
  #text: string;
  #edited: EditedText | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
  }

  get text(): string {
    return this.#edited?.text ?? this.#text;
  }

  /** Gives it another text, which can be undone where it was edited. */
  rewrite(text: string): void {
    if (this.#edited === undefined) this.#text = text;
    else this.#edited.rewrite(text);
  }

  /**
   * The text as an editor has it.
   *
   * @param make called at the first time: a folder may have many files that nobody looks at
   */
  edited<Edited extends EditedText>(make: (path: string, text: string) => Edited): Edited {
    // There is one editor of files, and so one kind.
    const edited = (this.#edited as Edited | undefined) ?? make(this.path, this.#text);
    this.#edited = edited;
    return edited;
  }
}
