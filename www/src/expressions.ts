import type { Extension } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";

// `<+…>`, with others inside, and the `${{ … }}` of the v1 syntax.
const matcher = new MatchDecorator({
  regexp: /<\+(?:[^<>\n]|<\+(?:[^<>\n]|<\+[^<>\n]*>)*>)*>|\$\{\{[^}\n]*\}\}/g,
  decoration: Decoration.mark({ class: "cm-expression" }),
});

/** Highlights Harness's expressions, whose values only the run decides. */
export const expressions: Extension = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = matcher.createDeco(view);
    }

    update(update: ViewUpdate): void {
      this.decorations = matcher.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
