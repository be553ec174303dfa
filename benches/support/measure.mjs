// Node reads these certificates whenever it starts: that takes as long as everything else, and few machines ask for it.
delete process.env.NODE_EXTRA_CA_CERTS;

/**
 * Runs the tasks in turn, so that whatever else the machine does meets all of them alike.
 *
 * @param tasks functions, sync or async, by name
 * @returns for each name the times in milliseconds, the least first
 */
export async function interleaved(tasks, rounds) {
  const times = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, task] of Object.entries(tasks)) {
      const start = performance.now();
      const answer = task();
      if (answer instanceof Promise) await answer;
      times[name].push(performance.now() - start);
    }
  }
  for (const list of Object.values(times)) list.sort((a, b) => a - b);
  return times;
}

export const least = (times) => times[0];
export const median = (times) => times[Math.floor(times.length / 2)];

/** Prints rows of texts and numbers in columns, the first column to the left. */
export function table(rows) {
  const shown = rows.map((row) => row.map((cell) => (typeof cell === "number" ? digits(cell) : cell)));
  const widths = shown[0].map((_, i) => Math.max(...shown.map((row) => row[i].length)));
  for (const row of shown) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
    console.log(`  ${cells.join("  ")}`);
  }
}

function digits(number) {
  return Number.isInteger(number) ? number.toLocaleString("en") : number.toFixed(number < 10 ? 3 : 1);
}

/** Prints whether a figure reaches its target. */
export function target(what, figure, limit, unit) {
  const verdict = figure <= limit ? "reached" : `missed by ${(figure / limit).toFixed(2)} ×`;
  console.log(`  target: ${what} at most ${limit} ${unit}: ${digits(figure)} ${unit}, ${verdict}`);
}
