import about from "harness-image-guard/package.json";
import { element, fill } from "./dom.ts";

/** Shows a dialog with what the page is, its version, and where it comes from. */
export function showAbout(dialog: HTMLDialogElement): void {
  const repository = about.repository.url.replace(/^git\+|\.git$/g, "");
  fill(
    dialog,
    element(
      "div",
      { class: "dialog-head" },
      element("h2", { id: "about-title" }, `harness-image-guard ${about.version}`),
      element("button", { type: "button", class: "quiet", "aria-label": "Close", on: { click: () => dialog.close() } }, "×"),
    ),
    element(
      "div",
      { class: "about-text" },
      element("p", {}, `${about.description}.`),
      element("p", {}, "The check runs in your browser: your files, your configuration and your policies aren't sent anywhere."),
      element(
        "p",
        {},
        element("a", { href: repository, target: "_blank", rel: "noopener" }, "Source code"),
        " · ",
        element("a", { href: about.bugs.url, target: "_blank", rel: "noopener" }, "Report a problem"),
        " · ",
        element("a", { href: "docs/index.html" }, "Documentation"),
        ` · ${about.license}`,
      ),
    ),
  );
  dialog.showModal();
}
