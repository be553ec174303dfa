import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const squiggle = (color: string) => ({
  backgroundImage: "none",
  textDecoration: `underline wavy ${color} 1.25px`,
  textDecorationSkipInk: "none",
  textUnderlineOffset: "3px",
});

const marker = (color: string, radius: string) => ({
  content: "''",
  display: "block",
  width: "8px",
  height: "8px",
  margin: "5px 2px",
  borderRadius: radius,
  backgroundColor: color,
});

// The colours are the page's, which know of light and dark.
const look = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--paper)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text)", paddingBottom: "40vh" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { background: "var(--selection)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--line)" },
  ".cm-gutters": {
    color: "var(--faint)",
    backgroundColor: "var(--paper)",
    border: "none",
  },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "32px", padding: "0 6px 0 4px" },
  ".cm-foldPlaceholder": {
    color: "var(--muted)",
    background: "var(--chip)",
    border: "none",
    padding: "0 6px",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--match)" },
  ".cm-selectionMatch": { backgroundColor: "var(--match)" },
  ".cm-searchMatch": { backgroundColor: "var(--match)", outline: "1px solid var(--edge)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--selection)" },
  ".cm-specialChar": { color: "var(--error)" },
  ".cm-expression": {
    color: "var(--expression)",
    backgroundColor: "var(--expression-paper)",
    borderRadius: "3px",
  },
  ".cm-expression *": { color: "inherit" },
  ".cm-panels": {
    color: "var(--text)",
    backgroundColor: "var(--raised)",
    fontFamily: "var(--sans)",
  },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--edge)" },
  ".cm-panel.cm-search": { padding: "6px 28px 6px 8px", fontSize: "13px" },
  ".cm-panel.cm-search label": { fontSize: "12px" },
  ".cm-textfield": {
    color: "var(--text)",
    backgroundColor: "var(--paper)",
    border: "1px solid var(--control)",
    borderRadius: "4px",
  },
  ".cm-button": {
    color: "var(--text)",
    background: "var(--chip)",
    border: "1px solid var(--control)",
    borderRadius: "4px",
  },
  ".cm-panel.cm-search [name=close]": { color: "var(--text)", fontSize: "18px" },
  ".cm-tooltip": {
    color: "var(--text)",
    backgroundColor: "var(--raised)",
    border: "1px solid var(--edge)",
    borderRadius: "6px",
    boxShadow: "var(--shadow)",
    maxWidth: "min(560px, 90vw)",
    fontFamily: "var(--sans)",
  },
  ".cm-tooltip-lint": { padding: "0", overflow: "auto", maxHeight: "60vh" },
  ".cm-diagnostic": { padding: "8px 12px", borderLeft: "3px solid var(--note)", margin: "0" },
  ".cm-diagnostic + .cm-diagnostic": { borderTop: "1px solid var(--edge)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--error)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning)" },
  ".cm-diagnostic-hint": { borderLeftColor: "var(--undecided)" },
  ".cm-diagnosticText p": { margin: "0 0 4px" },
  ".cm-diagnosticText .rule": { fontFamily: "var(--mono)", fontSize: "12px", color: "var(--muted)" },
  ".cm-diagnosticText .help": { color: "var(--text)" },
  ".cm-diagnosticText .why, .cm-diagnosticText .subject": {
    color: "var(--muted)",
    fontSize: "12px",
  },
  ".cm-diagnosticText a": { color: "var(--link)" },
  ".cm-diagnosticAction": {
    color: "var(--on-accent)",
    backgroundColor: "var(--accent)",
    border: "none",
    borderRadius: "4px",
    padding: "4px 10px",
    margin: "4px 6px 0 0",
    font: "600 12px var(--sans)",
    cursor: "pointer",
  },
  ".cm-diagnosticAction:focus-visible, .cm-diagnosticText a:focus-visible": {
    outline: "2px solid var(--focus)",
    outlineOffset: "1px",
  },
  ".cm-help": { padding: "8px 12px", fontSize: "13px", maxHeight: "40vh", overflow: "auto" },
  ".cm-help p": { margin: "4px 0 0", color: "var(--muted)" },
  ".cm-help pre": { margin: "0", fontFamily: "var(--mono)", fontSize: "12.5px", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ".cm-help p + pre": { marginTop: "2px" },
  ".cm-help pre.value": { color: "var(--muted)", marginTop: "4px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.5px", maxHeight: "16em", maxWidth: "min(560px, 86vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--text)", background: "var(--selection)" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo.cm-tooltip": { padding: "6px 10px", fontSize: "13px", maxWidth: "min(360px, 80vw)" },
  ".cm-completionInfo .cm-help": { padding: "0" },
  ".cm-lintRange-error": squiggle("var(--error)"),
  ".cm-lintRange-warning": squiggle("var(--warning)"),
  ".cm-lintRange-info": squiggle("var(--note)"),
  ".cm-lintRange-hint": squiggle("var(--undecided)"),
  ".cm-lintRange-active": { backgroundColor: "var(--match)" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--error)" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-lint-marker": { width: "12px", height: "auto" },
  ".cm-lint-marker-error": marker("var(--error)", "50%"),
  ".cm-lint-marker-warning": marker("var(--warning)", "2px"),
  ".cm-lint-marker-info": marker("var(--note)", "50%"),
  ".cm-lint-marker-hint": marker("var(--undecided)", "2px"),
  ".cm-covered": { backgroundColor: "var(--covered)" },
  ".cm-uncovered": { backgroundColor: "var(--uncovered)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--key)" },
  { tag: [tags.string, tags.content], color: "var(--string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--number)" },
  { tag: tags.comment, color: "var(--comment)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--keyword)", fontWeight: "600" },
  { tag: [tags.function(tags.variableName), tags.labelName, tags.typeName], color: "var(--call)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--muted)" },
  { tag: [tags.meta, tags.documentMeta], color: "var(--muted)" },
  { tag: tags.invalid, color: "var(--error)" },
]);

export const editorTheme: Extension = [look, syntaxHighlighting(colours)];
