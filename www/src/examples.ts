import type { Example } from "virtual:examples";
import { rules } from "virtual:rules";

import { element, fill, prose } from "./dom.ts";

/** How the fragment of a link to an example begins. */
const PREFIX = "example/";

/** Loads the examples, on demand, because most people open their own files. */
export async function examples(): Promise<readonly Example[]> {
  return (await import("virtual:examples")).examples;
}

/** The example that a fragment names; `undefined` if it names none. */
export function exampleNameIn(fragment: string): string | undefined {
  if (!fragment.startsWith(PREFIX)) return undefined;
  const name = fragment.slice(PREFIX.length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Shows a dialog in which to choose an example. */
export async function chooseExample(
  dialog: HTMLDialogElement,
  open: (example: Example) => void,
): Promise<void> {
  const all = await examples();
  const groups = [
    { id: "start", title: "Starting points" },
    ...rules.map(({ id, title }) => ({ id, title: `${id}: ${title}` })),
  ];
  fill(
    dialog,
    element(
      "div",
      { class: "dialog-head" },
      element("h2", { id: "examples-title" }, "Examples"),
      element(
        "button",
        { type: "button", class: "quiet", "aria-label": "Close", on: { click: () => dialog.close() } },
        "×",
      ),
    ),
    ...groups.map(({ id, title }) =>
      element(
        "section",
        { class: "example-group" },
        element("h3", {}, title),
        element(
          "ul",
          { class: "example-list" },
          ...all
            .filter(({ group }) => group === id)
            .map((example) =>
              element(
                "li",
                {},
                element(
                  "button",
                  {
                    type: "button",
                    "data-example": example.id,
                    on: {
                      click: () => {
                        dialog.close();
                        open(example);
                      },
                    },
                  },
                  element("span", { class: "title" }, example.title),
                  element("span", { class: "about" }, ...prose(example.about)),
                ),
              ),
            ),
        ),
      ),
    ),
  );
  dialog.showModal();
}
