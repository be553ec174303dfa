import { type Document, isMap, isNode, isScalar, isSeq, parse, parseDocument, stringify } from "yaml";

/** A way to a value of the configuration. */
export type Way = readonly string[];

/** The text of a configuration, read so that a value can be changed and all else stays as it is. */
export class ConfigText {
  readonly #document: Document.Parsed;

  constructor(text: string) {
    this.#document = parseDocument(text);
  }

  /** Whether it is YAML at all, and what its root should be. */
  get isReadable(): boolean {
    const { errors, contents } = this.#document;
    return errors.length === 0 && (contents === null || isMap(contents) || isEmpty(contents));
  }

  /** A value; a list is given line by line. */
  get(way: Way): string {
    const value: unknown = this.#document.getIn(way, true);
    if (isSeq(value)) return value.items.map((item) => String(isScalar(item) ? item.value : item)).join("\n");
    return isScalar(value) && value.value !== null ? String(value.value) : "";
  }

  /** A value as YAML by itself; empty where there is none. */
  yaml(way: Way): string {
    const value: unknown = this.#document.getIn(way, true);
    return isNode(value) ? stringify(value.toJS(this.#document)).trim() : "";
  }

  /** The connectors that it says are there. */
  get connectors(): readonly { readonly reference: string; readonly type: string | null; readonly url: string | null }[] {
    const { contents } = this.#document;
    const connectors: unknown = isMap(contents) ? contents.get("connectors") : undefined;
    if (!isMap(connectors)) return [];
    return connectors.items.map(({ key, value }) => {
      const said = (name: string): string | null => {
        const found: unknown = isMap(value) ? value.get(name) : undefined;
        return typeof found === "string" ? found : null;
      };
      return { reference: String(isScalar(key) ? key.value : key), type: said("type"), url: said("url") };
    });
  }

  /** The text with another value; without it, and what would be empty then, where it is `undefined`. */
  with(way: Way, value: unknown): string {
    const document = this.#document;
    if (isEmpty(document.contents)) document.contents = null as never;
    if (value === undefined) this.#drop(way);
    else {
      // `rules: {no-docker-hub: off}` has to become a mapping before something can be put into it.
      for (let length = 1; length < way.length; length += 1) {
        const above = way.slice(0, length);
        if (document.hasIn(above) && !isMap(document.getIn(above, true))) {
          const there: unknown = document.getIn(above);
          document.setIn(above, document.createNode(above[0] === "rules" && there !== null ? { severity: there } : {}));
        }
      }
      document.setIn(way, typeof value === "string" ? value : document.createNode(value, { flow: Array.isArray(value) }));
    }
    return document.contents === null ? (document.commentBefore === null ? "" : document.toString()) : document.toString();
  }

  #drop(way: Way): void {
    const document = this.#document;
    if (!document.hasIn(way)) return;
    document.deleteIn(way);
    const above = way.slice(0, -1);
    const node: unknown = above.length === 0 ? document.contents : document.getIn(above, true);
    if (!isMap(node) || node.items.length > 0) return;
    if (above.length === 0) document.contents = null as never;
    else this.#drop(above);
  }
}

/**
 * Reads YAML by itself.
 *
 * @throws Error where it isn't any
 */
export function readYaml(text: string): unknown {
  return parse(text);
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}
