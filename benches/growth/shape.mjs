// One shape: `measure(name)` grows it until it takes time worth measuring, and then doubles it. As a
// program, `shape.mjs NAME [LEAST]` prints the result as JSON.
import { fileURLToPath } from "node:url";

import { createGuard, testRego } from "harness-image-guard";

import { shapes } from "./shapes.mjs";

/** A doubling may take this many times as long; n log n stays below, n² doesn't. */
export const MOST = 2.6;

/**
 * @param least a size that takes this many milliseconds of processor time is worth doubling
 * @returns `{size, times, factor}`: the size, the milliseconds for it and for its double, and their ratio, which is the
 * least of several where it seems too large
 */
export async function measure(name, least) {
  const [smallest, make, { work = "check", fails = false } = {}] = shapes[name];
  let size = smallest;
  let time = await spent(make(size), work, fails);
  while (time < least && size < smallest * 64) {
    size *= 2;
    time = await spent(make(size), work, fails);
  }
  // An evaluation that exceeds its share of instructions begins again, with more. That happens once, and isn't growth.
  const first = await doubled(make, size, work, fails);
  if (first.factor <= MOST) return first;
  const second = await doubled(make, 2 * size, work, fails);
  return second.factor < first.factor ? second : first;
}

async function doubled(make, size, work, fails) {
  const [once, twice] = [make(size), make(2 * size)];
  let best = { factor: Infinity };
  for (let round = 0; round < 5 && best.factor > MOST; round += 1) {
    const times = [await leastOf(3, once, work, fails), await leastOf(2, twice, work, fails)];
    const factor = times[1] / times[0];
    if (factor < best.factor) best = { size, times, factor };
  }
  return best;
}

async function leastOf(rounds, made, work, fails) {
  let least = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    least = Math.min(least, await spent(made, work, fails));
  }
  return least;
}

/** The milliseconds of processor time, which are the same however busy the machine is. */
async function spent({ files, ...options }, work, fails) {
  const start = process.cpuUsage();
  try {
    if (work === "test") await testRego(options);
    else run(await createGuard({ ...options, maxFileBytes: 2 ** 30 }), files, work);
  } catch (error) {
    if (!fails || error.code !== "config") throw error;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function run(guard, files, work) {
  const [kind, format] = work.split(" ");
  const shown = { color: false, failOn: "error" };
  switch (kind) {
    case "check":
      return lengthOf(guard.run(files, { ...shown, format: "json" }).pages);
    case "text":
      return lengthOf(guard.run(files, { ...shown, format: "text", verbose: true }).pages);
    case "fix":
      return guard.fix(files, { unsafe: true }).files.length;
    case "diff":
      return guard.diff(files, { unsafe: true }).length;
    case "images":
      return guard.showImages(files, { color: false, complaintsInColor: false, format }).output.length;
    case "excludes":
      return files.filter(({ path }) => guard.excludes(path)).length;
    default:
      throw new Error(`no such work: ${work}`);
  }
}

function lengthOf(pages) {
  let length = 0;
  for (const page of pages) length += page.length;
  return length;
}

const [program, name, least] = process.argv.slice(1);
if (program === fileURLToPath(import.meta.url) && name !== undefined) {
  const measured = await measure(name, Number(least ?? 100));
  console.log(JSON.stringify({ ...measured, memory: process.resourceUsage().maxRSS * 1024 }));
}
