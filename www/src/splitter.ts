import { KeptChoice } from "./kept-choice.ts";

const LEAST = 20;
const MOST = 80;

/** Makes a separator divide the width between the panes beside it, by pointer or arrow keys. */
export function splitter(separator: HTMLElement, panes: HTMLElement): void {
  const kept = new KeptChoice("share");
  let share = 50;
  const set = (percent: number) => {
    share = Math.round(Math.min(MOST, Math.max(LEAST, percent)));
    panes.style.setProperty("--editor-share", `${share}fr`);
    panes.style.setProperty("--result-share", `${100 - share}fr`);
    separator.setAttribute("aria-valuenow", String(share));
    kept.value = String(share);
  };
  if (kept.value !== undefined) set(Number(kept.value) || share);
  separator.addEventListener("pointerdown", (event) => {
    separator.setPointerCapture(event.pointerId);
  });
  separator.addEventListener("pointermove", (event) => {
    if (!separator.hasPointerCapture(event.pointerId)) return;
    const editor = separator.previousElementSibling?.getBoundingClientRect();
    const results = separator.nextElementSibling?.getBoundingClientRect();
    if (editor === undefined || results === undefined) return;
    set(((event.clientX - editor.left) / (results.right - editor.left)) * 100);
  });
  separator.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: share - 5, ArrowRight: share + 5, Home: LEAST, End: MOST }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    set(step);
  });
}
