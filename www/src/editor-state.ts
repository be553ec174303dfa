import { autocompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
} from "@codemirror/language";
import { lintGutter, linter, nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from "@codemirror/view";

import { editorTheme } from "./editor-theme.ts";
import { expressions } from "./expressions.ts";
import { quickFixes } from "./quick-fix.ts";
import { isPolicy } from "./project.ts";
import { rego } from "./rego.ts";
import { typing } from "./typing.ts";

/** The part of a state that depends on the file's name. */
export const language = new Compartment();

/** The part of a state that wraps long lines, or doesn't. */
export const wrapping = new Compartment();

/** Completion and hover for each language. */
export interface Helps {
  readonly rego: Extension;
  readonly harness: Extension;
}

export function languageOf(path: string, helps: Helps): Extension {
  if (isPolicy(path)) return [rego(), helps.rego];
  return path.toLowerCase().endsWith(".json") ? [json(), helps.harness] : [yaml(), helps.harness];
}

/** What every editor of the page has. */
export const editing: Extension = [
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  history(),
  foldGutter(),
  codeFolding(),
  drawSelection(),
  dropCursor(),
  EditorState.allowMultipleSelections.of(true),
  indentOnInput(),
  indentUnit.of("  "),
  bracketMatching(),
  autocompletion({ icons: false, maxRenderedOptions: 60 }),
  rectangularSelection(),
  crosshairCursor(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  search({ top: true }),
  linter(null),
  lintGutter(),
  keymap.of([
    { key: "F8", run: nextDiagnostic },
    { key: "Shift-F8", run: previousDiagnostic },
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...foldKeymap,
    // Escape, then Tab, leaves the editor.
    indentWithTab,
  ]),
  typing,
  // Editable content is focusable anyway, but checkers of accessibility look for the attribute.
  EditorView.contentAttributes.of({ tabindex: "0" }),
  editorTheme,
];

/** The state of a file when it is first shown. */
export function stateOf(path: string, text: string, helps: Helps): EditorState {
  return EditorState.create({
    doc: text,
    extensions: [
      // A file keeps its line breaks, if they are all of one kind.
      text.includes("\r\n") && !/(^|[^\r])\n/.test(text) ? EditorState.lineSeparator.of("\r\n") : [],
      editing,
      language.of(languageOf(path, helps)),
      wrapping.of([]),
      quickFixes,
      expressions,
      EditorView.contentAttributes.of({ "aria-label": `Text of ${path}`, "aria-description": "Escape, then Tab, leaves the editor" }),
    ],
  });
}
