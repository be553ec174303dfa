/** Something to be drawn in a column, with the width and height that it needs. */
export interface LayoutNode {
  readonly key: string;
  readonly width: number;
}

/** Where it is drawn. */
export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface Layout {
  readonly places: ReadonlyMap<string, Placed>;
  readonly width: number;
  readonly height: number;
}

export const NODE_HEIGHT = 26;
const GAP = 8;
const COLUMN_GAP = 36;
const SWEEPS = 4;

/**
 * Lays columns out from left to right, edges going from one to the next: nodes are beside what
 * they are tied to, so that lines cross little.
 */
export function layout(
  columns: readonly (readonly LayoutNode[])[],
  edges: readonly (readonly [from: string, to: string])[],
): Layout {
  const neighbors = new Map<string, string[]>();
  for (const [from, to] of edges) {
    neighbors.set(from, [...(neighbors.get(from) ?? []), to]);
    neighbors.set(to, [...(neighbors.get(to) ?? []), from]);
  }
  const middles = new Map<string, number>();
  for (const column of columns) {
    column.forEach(({ key }, index) => middles.set(key, index * (NODE_HEIGHT + GAP)));
  }
  const columnOf = new Map(columns.flatMap((column, index) => column.map(({ key }) => [key, index])));
  const ordered = columns.map((column) => [...column]);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forwards = sweep % 2 === 0;
    const indexes = columns.map((_, index) => (forwards ? index : columns.length - 1 - index));
    for (const index of indexes) {
      const beside = index + (forwards ? -1 : 1);
      // The first column of a sweep keeps what it has: it follows no other.
      if (beside < 0 || beside >= columns.length) continue;
      const wanted = new Map(
        (ordered[index] ?? []).map(({ key }) => [
          key,
          mean(
            (neighbors.get(key) ?? [])
              .filter((other) => columnOf.get(other) === beside)
              .map((other) => middles.get(other) ?? 0),
          ) ?? middles.get(key) ?? 0,
        ]),
      );
      ordered[index]?.sort((a, b) => (wanted.get(a.key) ?? 0) - (wanted.get(b.key) ?? 0));
      spread(ordered[index] ?? [], wanted, middles);
    }
  }
  const top = Math.min(...middles.values());
  const places = new Map<string, Placed>();
  let x = 0;
  for (const column of ordered) {
    if (column.length === 0) continue;
    const width = Math.max(...column.map((node) => node.width));
    for (const { key } of column) places.set(key, { x, y: (middles.get(key) ?? 0) - top, width });
    x += width + COLUMN_GAP;
  }
  return {
    places,
    width: Math.max(0, x - COLUMN_GAP),
    height: Math.max(0, ...[...places.values()].map(({ y }) => y + NODE_HEIGHT)),
  };
}

/** Puts the nodes of a column where they want to be, without overlap, and the whole in the middle of that. */
function spread(
  column: readonly LayoutNode[],
  wanted: ReadonlyMap<string, number>,
  middles: Map<string, number>,
): void {
  let lowest = -Infinity;
  const tops = column.map(({ key }) => {
    lowest = Math.max(lowest + NODE_HEIGHT + GAP, wanted.get(key) ?? 0);
    return lowest;
  });
  // What was pushed down by those above is taken back by half on all.
  const shift = mean(column.map(({ key }, index) => (wanted.get(key) ?? 0) - (tops[index] ?? 0))) ?? 0;
  column.forEach(({ key }, index) => middles.set(key, (tops[index] ?? 0) + shift));
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
