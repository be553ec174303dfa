import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/**
 * Replaces a selection by what is typed, without the browser: Chromium would copy the old text's style inline, which the
 * page's content security policy refuses.
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
