import { visible } from "./visible.ts";

/** What an element may contain. Text is shown as it is, with hidden characters made visible, and never read as HTML. */
export type Child = Node | string | number | null | undefined | false;

type Listeners = {
  readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void;
};

interface Attributes {
  readonly on?: Listeners;
  readonly [name: string]: string | number | boolean | null | undefined | Listeners;
}

/**
 * Makes an element with attributes and children. `true` sets an attribute without a value; `false`, `null` and
 * `undefined` set none.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") listen(made, value as Listeners);
    else setAttribute(made, name, value as string | number | boolean | null | undefined);
  }
  made.append(...shown(children));
  return made;
}

/** Makes an SVG element. */
export function drawn<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number | null | undefined>> = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  made.append(...shown(children));
  return made;
}

/** Replaces an element's children. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...shown(children));
}

/** The page's element with an `id`. */
export function byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return found;
}

/** A sentence whose parts between backticks are code. */
export function prose(text: string): (Node | string)[] {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part));
}

/** A name that may break after its separators. */
export function breakable(text: string): (Node | string)[] {
  return text.split(/(?<=[./_:])(?!$)/).flatMap((part, index) => (index === 0 ? [part] : [element("wbr"), part]));
}

/** `3 errors`, `1 error`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

function shown(children: readonly Child[]): (Node | string)[] {
  return children
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : visible(String(child))));
}

function setAttribute(
  made: Element,
  name: string,
  value: string | number | boolean | null | undefined,
): void {
  if (value === true) made.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) {
    made.setAttribute(name, String(value));
  }
}

function listen(made: HTMLElement, listeners: Listeners): void {
  for (const [name, listener] of Object.entries(listeners)) {
    made.addEventListener(name, listener as EventListener);
  }
}
