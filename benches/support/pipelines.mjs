// Pipelines as people write them, out of the fragments in ../pipeline; check.rs makes the same.
import { readFileSync } from "node:fs";

const fragment = (name) => readFileSync(new URL(`../pipeline/${name}.yaml`, import.meta.url), "utf8");
const numbered = (text, number) => text.replaceAll("NUMBER", String(number));

const head = fragment("head");
const stage = fragment("stage");
const shortStage = fragment("short-stage");
const shortStep = fragment("short-step");

/**
 * Stages of six steps each (Background, Run, Plugin, a template, in a parallel and a group), 5 KB a
 * stage: people write about a step a kilobyte.
 */
export function pipeline(stages) {
  let text = head;
  for (let i = 0; i < stages; i += 1) text += numbered(stage, i);
  return text;
}

/** Short steps, a hundred a stage. */
export function stepsOnly(steps) {
  let text = head;
  for (let i = 0; i < steps; i += 1) {
    if (i % 100 === 0) text += numbered(shortStage, i / 100);
    text += numbered(shortStep, i);
  }
  return text;
}
