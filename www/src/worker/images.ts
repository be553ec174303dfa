import type { Guard } from "harness-image-guard";

import type { Pulled, Question } from "../messages.ts";
import { findingOf } from "./finding.ts";
import { placesOf } from "./places.ts";

/** The images that will be pulled, for the page. */
export function imagesOf(guard: Guard, question: Question): Pulled {
  const inventory = guard.images(question.files, { harnessImages: true });
  const places = placesOf(question);
  return {
    images: inventory.images.map((found) => ({
      image: found.image,
      fullName: found.fullName,
      registry: found.registry,
      hub: found.hub,
      unknown: found.unknown,
      connector: found.connector,
      connectorUrl: found.connectorUrl,
      origin: found.origin,
      condition: found.condition,
      subject: found.subject,
      pipeline: found.pipeline,
      stage: found.stage,
      step: found.step,
      file: found.file,
      from: places(found.file).of(found.start),
      to: places(found.file).of(found.end),
    })),
    problems: inventory.problems.map((problem) => findingOf(problem, places(problem.file))),
  };
}
