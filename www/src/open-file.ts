/** The text of a file in an editor, with its edit history. */
export interface EditedText {
  readonly text: string;
  /** Replaces the text, changing only what differs, in one step that can be undone. */
  rewrite(text: string): void;
}

/** An open file: its path and its text. */
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

  /** Replaces the text, which can be undone if the file has been in the editor. */
  rewrite(text: string): void {
    if (this.#edited === undefined) this.#text = text;
    else this.#edited.rewrite(text);
  }

  /**
   * The text as an editor has it.
   *
   * @param make called the first time: most files of a folder are never shown
   */
  edited<Edited extends EditedText>(make: (path: string, text: string) => Edited): Edited {
    // There is one editor of files, and so one type.
    const edited = (this.#edited as Edited | undefined) ?? make(this.path, this.#text);
    this.#edited = edited;
    return edited;
  }
}
