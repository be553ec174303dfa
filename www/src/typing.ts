import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/**
 * Types over what is selected without the browser's help: Chromium would write the style of what
 * was there into the page, and the page's policy, which knows no inline styles, would refuse it.
 */
export const typing: Extension = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { selection, readOnly } = view.state;
    if (event.inputType !== "insertText" || event.data === null || view.composing || readOnly) return false;
    if (selection.ranges.every(({ empty }) => empty)) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), {
      userEvent: "input.type",
      scrollIntoView: true,
    });
    return true;
  },
});
