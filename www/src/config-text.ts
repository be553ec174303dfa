import { type Document, isMap, isNode, isScalar, isSeq, parse, parseDocument, stringify } from "yaml";

/** The keys that lead to a value of the configuration. */
export type KeyPath = readonly string[];

/** The text of a configuration, in which a value can be changed without changing anything else. */
export class ConfigText {
  readonly #document: Document.Parsed;

  constructor(text: string) {
    this.#document = parseDocument(text);
  }

  /** Whether it is YAML, with a mapping at its root. */
  get isReadable(): boolean {
    const { errors, contents } = this.#document;
    return errors.length === 0 && (contents === null || isMap(contents) || isEmpty(contents));
  }

  /** A value as text; a list has an item on each line. */
  get(path: KeyPath): string {
    const value: unknown = this.#document.getIn(path, true);
    if (isSeq(value)) return value.items.map((item) => String(isScalar(item) ? item.value : item)).join("\n");
    return isScalar(value) && value.value !== null ? String(value.value) : "";
  }

  /** A value as YAML; empty if there is none. */
  yaml(path: KeyPath): string {
    const value: unknown = this.#document.getIn(path, true);
    return isNode(value) ? stringify(value.toJS(this.#document)).trim() : "";
  }

  /** The connectors that it declares. */
  get connectors(): readonly { readonly reference: string; readonly type: string | null; readonly url: string | null }[] {
    const { contents } = this.#document;
    const connectors: unknown = isMap(contents) ? contents.get("connectors") : undefined;
    if (!isMap(connectors)) return [];
    return connectors.items.map(({ key, value }) => {
      const field = (name: string): string | null => {
        const found: unknown = isMap(value) ? value.get(name) : undefined;
        return typeof found === "string" ? found : null;
      };
      return { reference: String(isScalar(key) ? key.value : key), type: field("type"), url: field("url") };
    });
  }

  /** The text with another value; `undefined` removes the value, and the mappings that would be empty without it. */
  with(path: KeyPath, value: unknown): string {
    const document = this.#document;
    if (isEmpty(document.contents)) document.contents = null as never;
    if (value === undefined) this.#drop(path);
    else {
      // `rules: {no-docker-hub: off}` has to become a mapping before a key can be added.
      for (let length = 1; length < path.length; length += 1) {
        const above = path.slice(0, length);
        if (document.hasIn(above) && !isMap(document.getIn(above, true))) {
          const former: unknown = document.getIn(above);
          document.setIn(above, document.createNode(above[0] === "rules" && former !== null ? { severity: former } : {}));
        }
      }
      document.setIn(path, typeof value === "string" ? value : document.createNode(value, { flow: Array.isArray(value) }));
    }
    return document.contents === null ? (document.commentBefore === null ? "" : document.toString()) : document.toString();
  }

  #drop(path: KeyPath): void {
    const document = this.#document;
    if (!document.hasIn(path)) return;
    document.deleteIn(path);
    const above = path.slice(0, -1);
    const node: unknown = above.length === 0 ? document.contents : document.getIn(above, true);
    if (!isMap(node) || node.items.length > 0) return;
    if (above.length === 0) document.contents = null as never;
    else this.#drop(above);
  }
}

/**
 * Parses YAML.
 *
 * @throws Error if it isn't YAML
 */
export function readYaml(text: string): unknown {
  return parse(text);
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}
