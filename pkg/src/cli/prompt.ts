import { createInterface, type Interface } from "node:readline";

import { inert, printError } from "./output.js";
import { standardError } from "./standard-stream.js";
import { UsageError } from "./usage-error.js";

/** Whether there is somebody to ask. */
export function canPrompt(): boolean {
  return Boolean(process.stdin.isTTY) && standardError.isTerminal;
}

/** Asks questions on the terminal, one after the other. It has to be ended; otherwise the process waits for input. */
export class Prompt {
  readonly #lines: Interface;
  readonly #ended: Promise<undefined>;
  readonly #afterwards: string;

  /** @param afterwards the message after Ctrl-C or Ctrl-D: `nothing has been written` */
  constructor(afterwards: string) {
    this.#afterwards = afterwards;
    this.#lines = createInterface({ input: process.stdin, output: standardError.byNode });
    this.#ended = new Promise((resolve) => this.#lines.once("close", () => resolve(undefined)));
  }

  /**
   * One of some words, by itself or its number.
   *
   * @param byDefault what an empty answer means
   * @throws UsageError where somebody ends it
   */
  async choice<const Word extends string>(question: string, words: Readonly<Record<Word, string>>, byDefault: Word): Promise<Word> {
    const all = Object.keys(words) as Word[];
    const [word = byDefault] = await this.#words(question, words, all, [byDefault], false);
    return word;
  }

  /**
   * Some of some words, or none.
   *
   * @param byDefault what an empty answer means
   * @throws UsageError where somebody ends it
   */
  async choices<const Word extends string>(question: string, words: Readonly<Record<Word, string>>, byDefault: readonly Word[]): Promise<readonly Word[]> {
    return this.#words(question, words, Object.keys(words) as Word[], byDefault, true);
  }

  /**
   * Yes or no; an empty answer means no, or yes where that is the default.
   *
   * @throws UsageError where somebody ends it
   */
  async confirm(question: string, isDefault: boolean): Promise<boolean> {
    for (;;) {
      const answer = (await this.#answer(`${question} [${isDefault ? "Y/n" : "y/N"}] `)).toLowerCase();
      if (answer === "") return isDefault;
      if (answer === "y" || answer === "yes") return true;
      if (answer === "n" || answer === "no") return false;
    }
  }

  end(): void {
    this.#lines.close();
  }

  async #words<Word extends string>(
    question: string,
    words: Readonly<Record<Word, string>>,
    all: readonly Word[],
    byDefault: readonly Word[],
    isMany: boolean,
  ): Promise<readonly Word[]> {
    const width = Math.max(...all.map((word) => word.length));
    const rows = all.map((word, index) => `  ${index + 1}  ${word.padEnd(width)}  ${words[word]}\n`);
    const shown = byDefault.length === 0 ? "none" : byDefault.join(" ");
    for (;;) {
      const answer = await this.#answer(`${question}\n${rows.join("")}${isMany ? `Words or numbers, or none` : "A word or number"} [${shown}]: `);
      const given = answer.split(/[\s,]+/).filter((each) => each !== "");
      if (given.length === 0) return byDefault;
      if (isMany && answer.toLowerCase() === "none") return [];
      const chosen = given.map((each) => all.find((word, index) => word === each.toLowerCase() || String(index + 1) === each));
      const known = chosen.filter((word) => word !== undefined);
      if (known.length === given.length && (isMany || known.length === 1)) return [...new Set(known)];
    }
  }

  async #answer(question: string): Promise<string> {
    const answered = new Promise<string>((resolve) => this.#lines.question(inert(question), resolve));
    const answer = await Promise.race([answered, this.#ended]);
    if (answer !== undefined) return answer.trim();
    printError("\n");
    throw new UsageError(`stopped: ${this.#afterwards}`);
  }
}
