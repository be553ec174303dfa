/** A node to be drawn in a column, with the width that it needs. */
export interface LayoutNode {
  readonly key: string;
  readonly width: number;
}

/** Where a node is drawn. */
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

/** Lays out columns from left to right, with each node near the nodes that it has edges to, so that few edges cross. */
export function layout(
  columns: readonly (readonly LayoutNode[])[],
  edges: readonly (readonly [from: string, to: string])[],
): Layout {
  const { ordered, tops } = arranged(columns, edges);
  const top = Math.min(...tops.values());
  const places = new Map<string, Placed>();
  let x = 0;
  for (const column of ordered) {
    if (column.length === 0) continue;
    const width = Math.max(...column.map((node) => node.width));
    for (const { key } of column) places.set(key, { x, y: (tops.get(key) ?? 0) - top, width });
    x += width + COLUMN_GAP;
  }
  return {
    places,
    width: Math.max(0, x - COLUMN_GAP),
    height: Math.max(0, ...[...places.values()].map(({ y }) => y + NODE_HEIGHT)),
  };
}

/** The order of the nodes in each column, and their vertical positions, from sweeps over the columns back and forth. */
function arranged(
  columns: readonly (readonly LayoutNode[])[],
  edges: readonly (readonly [from: string, to: string])[],
): { readonly ordered: readonly (readonly LayoutNode[])[]; readonly tops: ReadonlyMap<string, number> } {
  const neighbors = new Map<string, string[]>();
  for (const [from, to] of edges) {
    neighbors.set(from, [...(neighbors.get(from) ?? []), to]);
    neighbors.set(to, [...(neighbors.get(to) ?? []), from]);
  }
  const tops = new Map<string, number>();
  for (const column of columns) {
    column.forEach(({ key }, index) => tops.set(key, index * (NODE_HEIGHT + GAP)));
  }
  const columnOf = new Map(columns.flatMap((column, index) => column.map(({ key }) => [key, index])));
  const ordered = columns.map((column) => [...column]);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    const indexes = columns.map((_, index) => (isForward ? index : columns.length - 1 - index));
    for (const index of indexes) {
      const last = index + (isForward ? -1 : 1);
      const column = ordered[index];
      // A sweep leaves its first column as it is.
      if (column === undefined || last < 0 || last >= columns.length) continue;
      const wanted = new Map(
        column.map(({ key }) => {
          const inLast = (neighbors.get(key) ?? []).filter((other) => columnOf.get(other) === last);
          return [key, mean(inLast.map((other) => tops.get(other) ?? 0)) ?? tops.get(key) ?? 0];
        }),
      );
      column.sort((a, b) => (wanted.get(a.key) ?? 0) - (wanted.get(b.key) ?? 0));
      spread(column, wanted, tops);
    }
  }
  return { ordered, tops };
}

/** Places the nodes of a column as near as possible to where they should be, without overlap. */
function spread(
  column: readonly LayoutNode[],
  wanted: ReadonlyMap<string, number>,
  tops: Map<string, number>,
): void {
  let lowest = -Infinity;
  const pushed = column.map(({ key }) => {
    lowest = Math.max(lowest + NODE_HEIGHT + GAP, wanted.get(key) ?? 0);
    return lowest;
  });
  // Nodes were only pushed down: the mean of that is taken back from all.
  const shift = mean(column.map(({ key }, index) => (wanted.get(key) ?? 0) - (pushed[index] ?? 0))) ?? 0;
  column.forEach(({ key }, index) => tops.set(key, (pushed[index] ?? 0) + shift));
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
