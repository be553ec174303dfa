import "./styles/base.css";
import "./styles/docs.css";

import type { Section } from "virtual:search";

import { byId, counted, element, fill } from "./dom.ts";
import { keepForOffline } from "./offline.ts";
import { themeSwitch } from "./theme.ts";

/** How many results are shown. */
const MOST = 12;

themeSwitch(byId("theme", HTMLButtonElement));

const input = byId("search", HTMLInputElement);
const results = byId("search-results", HTMLOListElement);
const status = byId("search-status", HTMLElement);
const folder = document.body.dataset["docs"] ?? "./";
keepForOffline(`${folder}../`);

// On a phone the menu is one row: this page's entry may be out of sight.
const here = document.querySelector<HTMLElement>("nav[aria-label=Documentation] a[aria-current]");
const row = here?.closest("ul");
if (here !== null && row !== null && row !== undefined) row.scrollLeft = here.offsetLeft - row.offsetLeft - 40;

input.addEventListener("input", () => void search());
document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (key === "Escape") {
    // The focus must not stay on a result that disappears.
    if (results.contains(document.activeElement)) input.focus();
    hide();
  }
  if (key === "/" && !(target instanceof HTMLInputElement)) {
    event.preventDefault();
    input.focus();
  }
  if (key !== "ArrowDown" && key !== "ArrowUp") return;
  const links = [...results.querySelectorAll("a")];
  const index = links.indexOf(target as HTMLAnchorElement);
  if (target !== input && index === -1) return;
  event.preventDefault();
  (key === "ArrowDown" ? links[index + 1] : (links[index - 1] ?? input))?.focus();
});
document.addEventListener("pointerdown", ({ target }) => {
  if (target instanceof Node && !results.contains(target) && target !== input) hide();
});

function hide(): void {
  results.hidden = true;
}

async function search(): Promise<void> {
  const { sections } = await import("virtual:search");
  const words = input.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const all = words.length === 0 ? [] : ranked(sections, words);
  const found = all.slice(0, MOST);
  fill(
    results,
    ...found.map((section) =>
      element(
        "li",
        {},
        element(
          "a",
          { href: folder + section.link },
          element("span", { class: "heading" }, section.heading),
          element("span", { class: "of" }, section.page),
          element("span", { class: "text" }, excerpt(section.text, words[0] ?? "")),
        ),
      ),
    ),
  );
  if (words.length > 0 && found.length === 0) fill(results, element("li", { class: "none" }, "Nothing found."));
  results.hidden = words.length === 0;
  const count = counted(all.length, "section");
  status.textContent = words.length === 0 ? "" : all.length === 0 ? "Nothing found." : all.length > MOST ? `The first ${MOST} of ${count}.` : `${count}.`;
}

/** The sections that contain every word; those with the words in their headings come first. */
function ranked(sections: readonly Section[], words: readonly string[]): Section[] {
  return sections
    .map((section) => {
      const heading = `${section.page} ${section.heading}`.toLowerCase();
      const text = section.text.toLowerCase();
      const scores = words.map(
        (word) => (heading.includes(word) ? 10 : 0) + Math.min(5, text.split(word).length - 1),
      );
      return { section, score: scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ section }) => section);
}

function excerpt(text: string, word: string): string {
  const start = Math.max(0, text.toLowerCase().indexOf(word) - 40);
  const end = start + 120;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}
