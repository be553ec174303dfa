import { forEachDiagnostic, type Diagnostic } from "@codemirror/lint";
import { type Extension, Prec, StateEffect, StateField } from "@codemirror/state";
import { EditorView, keymap, showTooltip, type Tooltip } from "@codemirror/view";

import { element } from "./dom.ts";

const show = StateEffect.define<Tooltip | null>();

/** The tooltip at the cursor, until the text or the selection changes. */
const shown = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, { effects, docChanged, selection }) {
    const effect = effects.find((each) => each.is(show));
    if (effect !== undefined) return effect.value;
    return docChanged || selection !== undefined ? null : tooltip;
  },
  provide: (field) => showTooltip.from(field),
});

/** Shows the findings at the cursor, or else in its line, with the focus on the first fix. */
function open(view: EditorView): boolean {
  const { head } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  const here: Diagnostic[] = [];
  const beside: Diagnostic[] = [];
  forEachDiagnostic(view.state, (diagnostic, from, to) => {
    if (from <= head && head <= to) here.push(diagnostic);
    else if (from <= line.to && line.from <= to) beside.push(diagnostic);
  });
  const found = here.length > 0 ? here : beside;
  const create = () => ({ dom: dialogOf(view, found), mount: (): void => focusFirst(view) });
  view.dispatch({ effects: show.of({ pos: head, above: false, create }) });
  return true;
}

function dialogOf(view: EditorView, found: readonly Diagnostic[]): HTMLElement {
  const close = () => {
    view.dispatch({ effects: show.of(null) });
    view.focus();
  };
  return element(
    "div",
    {
      class: "cm-tooltip-lint quick-fix",
      role: "dialog",
      "aria-label": "Quick fixes",
      tabindex: -1,
      on: {
        keydown: (event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          close();
        },
      },
    },
    found.length === 0 && element("p", { class: "cm-diagnostic" }, "There is no finding in this line."),
    ...found.map(({ severity, message, renderMessage, actions = [], from, to }) =>
      element(
        "div",
        { class: `cm-diagnostic cm-diagnostic-${severity}` },
        element("div", { class: "cm-diagnosticText" }, renderMessage?.(view) ?? message),
        ...actions.map(({ name, apply }) =>
          element(
            "button",
            {
              type: "button",
              class: "cm-diagnosticAction",
              on: {
                click: () => {
                  close();
                  apply(view, from, to);
                },
              },
            },
            name,
          ),
        ),
      ),
    ),
  );
}

function focusFirst(view: EditorView): void {
  const dialog = view.dom.querySelector<HTMLElement>(".quick-fix");
  (dialog?.querySelector<HTMLElement>("button") ?? dialog)?.focus();
}

/** Control-. and Alt-Enter show the fixes at the cursor. */
export const quickFixes: Extension = [
  shown,
  Prec.high(
    keymap.of([
      { key: "Mod-.", run: open },
      { key: "Alt-Enter", run: open },
    ]),
  ),
];
