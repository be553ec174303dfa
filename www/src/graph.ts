import { drawn } from "./dom.ts";
import { layout, NODE_HEIGHT, type Placed } from "./layout.ts";
import type { PulledImage } from "./messages.ts";
import { visible } from "./visible.ts";

/** Where an image comes from, which decides its color: Docker Hub, an unknown registry, or a known one. */
export type Origin = "hub" | "unknown" | "known";

/** With more steps than this, the steps of a stage are drawn as one. */
const MOST_STEPS = 80;
/** How many images are drawn. */
const MOST_IMAGES = 150;
const MOST_CHARACTERS = 48;
const CHARACTER = 7.25;
const PADDING = 10;
const MARGIN = 12;
const HEAD = 26;

const COLUMNS = ["stage", "step", "image", "connector", "registry"] as const;
type Column = (typeof COLUMNS)[number];

interface Node {
  readonly key: string;
  readonly column: Column;
  readonly label: string;
  readonly origin: Origin;
  readonly image: PulledImage;
}

export function originOf({ hub, registry }: PulledImage): Origin {
  return hub ? "hub" : registry === null ? "unknown" : "known";
}

/** A picture, and what it leaves out. */
export interface Drawing {
  readonly picture: SVGSVGElement;
  /** How many different images it leaves out. */
  readonly omitted: number;
}

/**
 * Draws stages → steps → images → connectors → registries.
 *
 * @param go shows an image's place
 */
export function draw(images: readonly PulledImage[], go: (image: PulledImage) => void): Drawing {
  const names = [...new Set(images.map(nameOf))];
  const drawnNames = new Set(names.slice(0, MOST_IMAGES));
  const { nodes, edges } = network(images.filter((image) => drawnNames.has(nameOf(image))));
  const columns = COLUMNS.map((column) => [...nodes.values()].filter((node) => node.column === column));
  const { places, width, height } = layout(
    columns.map((column) =>
      column.map(({ key, label }) => ({ key, width: label.length * CHARACTER + 2 * PADDING })),
    ),
    [...edges.values()].map(({ from, to }) => [from, to] as const),
  );
  const picture = drawn("svg", {
    class: "graph",
    role: "img",
    "aria-label": "What will be pulled, from stages to registries; the table says the same",
    viewBox: `${-MARGIN} ${-MARGIN - HEAD} ${width + 2 * MARGIN} ${height + 2 * MARGIN + HEAD}`,
    width: width + 2 * MARGIN,
    height: height + 2 * MARGIN + HEAD,
  });
  columns.forEach((column, index) => {
    const place = places.get(column[0]?.key ?? "");
    if (place === undefined) return;
    picture.append(drawn("text", { class: "head", x: place.x, y: -HEAD / 2 }, COLUMNS[index]));
  });
  for (const edge of edges.values()) {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (from !== undefined && to !== undefined) picture.append(drawnEdge(edge, from, to));
  }
  for (const node of nodes.values()) {
    const place = places.get(node.key);
    if (place !== undefined) picture.append(drawnNode(node, place, go));
  }
  return { picture, omitted: names.length - drawnNames.size };
}

function drawnEdge({ origin }: Edge, from: Placed, to: Placed): SVGPathElement {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + NODE_HEIGHT / 2, to.x, to.y + NODE_HEIGHT / 2];
  const bend = (x2 - x1) / 2;
  return drawn("path", { class: `edge ${origin}`, d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` });
}

function drawnNode({ label, origin, column, image }: Node, { x, y, width }: Placed, go: (image: PulledImage) => void): SVGGElement {
  const group = drawn(
    "g",
    { class: `node ${column} ${origin}${isOwn(column, image) ? " own" : ""}`, transform: `translate(${x} ${y})` },
    drawn("title", {}, titleOf(column, image)),
    drawn("rect", { width, height: NODE_HEIGHT, rx: 5 }),
    drawn("text", { x: PADDING, y: NODE_HEIGHT / 2 }, label),
  );
  group.addEventListener("click", () => go(image));
  return group;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly origin: Origin;
}

function network(images: readonly PulledImage[]): {
  nodes: ReadonlyMap<string, Node>;
  edges: ReadonlyMap<string, Edge>;
} {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, Edge>();
  const merged = new Set(images.map(({ subject }) => subject)).size > MOST_STEPS;
  for (const image of images) {
    const stage = [image.file, image.pipeline, image.stage].join("\n");
    const steps: Readonly<Record<Column, readonly [key: string, label: string]>> = {
      stage: [stage, image.stage ?? image.pipeline ?? image.file],
      step:
        image.origin === "harness" && image.step === null
          ? [`${stage}\n${image.subject}\nitself`, "Harness itself"]
          : merged
            ? [stage, "its steps"]
            : [`${stage}\n${image.subject}`, image.step ?? "service"],
      image: [`${image.origin} ${nameOf(image)}`, nameOf(image)],
      connector: [image.connector ?? "", image.connector ?? "no connector"],
      registry: [image.registry ?? "", image.registry ?? "unknown"],
    };
    const origin = originOf(image);
    let before: string | undefined;
    for (const column of COLUMNS) {
      const [name, label] = steps[column];
      const key = `${column}\n${name}`;
      const there = nodes.get(key);
      // A node of several images takes the most serious color.
      const plain = column === "stage" || column === "connector";
      const shown = plain ? "known" : worse(there?.origin ?? "known", origin);
      nodes.set(key, { key, column, label: shortened(visible(label)), origin: shown, image: there?.image ?? image });
      if (before !== undefined) {
        const edge = `${before}\r${key}`;
        edges.set(edge, {
          from: before,
          to: key,
          origin: worse(edges.get(edge)?.origin ?? "known", origin),
        });
      }
      before = key;
    }
  }
  return { nodes, edges };
}

function worse(a: Origin, b: Origin): Origin {
  return a === "hub" || b === "hub" ? "hub" : a === "unknown" ? a : b;
}

/** The full name that Harness makes, or the image as written if that is unknown. */
export function nameOf({ fullName, image }: PulledImage): string {
  return fullName ?? image;
}

/** Whether a node is only about an image that Harness pulls for itself. */
function isOwn(column: Column, { origin }: PulledImage): boolean {
  return origin === "harness" && (column === "step" || column === "image");
}

function titleOf(column: Column, image: PulledImage): string {
  switch (column) {
    case "stage":
    case "step":
      return `${image.subject} (${image.file}:${image.from.line})`;
    case "image":
      return [nameOf(image), image.unknown, image.condition].filter((part) => part !== null).join(": ");
    case "connector":
      return [image.connector ?? "no connector", image.connectorUrl].filter((part) => part !== null).join(": ");
    case "registry":
      return image.registry ?? image.unknown ?? "unknown";
  }
}

/** A name that fits, shortened in the middle, because its ends say most. */
function shortened(text: string): string {
  const points = [...text];
  if (points.length <= MOST_CHARACTERS) return text;
  const half = Math.floor((MOST_CHARACTERS - 1) / 2);
  return `${points.slice(0, half).join("")}…${points.slice(-half).join("")}`;
}

/** The picture as an SVG file, with its present colors. */
export function pictureFile(picture: SVGSVGElement): Blob {
  const copy = picture.cloneNode(true) as SVGSVGElement;
  const shown = picture.querySelectorAll<SVGElement>("rect, path, text");
  copy.querySelectorAll<SVGElement>("rect, path, text").forEach((made, index) => {
    const original = shown[index];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    for (const name of ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-style", "dominant-baseline"]) {
      made.setAttribute(name, style.getPropertyValue(name));
    }
  });
  const [x, y, width, height] = (picture.getAttribute("viewBox") ?? "").split(" ");
  copy.prepend(
    drawn("rect", { x, y, width, height, fill: getComputedStyle(document.body).backgroundColor }),
  );
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}
