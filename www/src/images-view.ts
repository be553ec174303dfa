import { save } from "./disk.ts";
import { breakable, counted, element, fill, prose } from "./dom.ts";
import { draw, nameOf, originOf, pictureFile } from "./graph.ts";
import type { Pulled, PulledImage } from "./messages.ts";

/** How many rows are shown at first, and how many each click on the button adds. */
const PAGE = 100;

/** The remark on an image that Harness pulls for itself, whose version no file says. */
const OWN = "Harness's own, in the version that the account uses";

/** The images that will be pulled, as a picture, and as a table with the same content. */
export class ImagesView {
  readonly #parent: HTMLElement;
  readonly #go: (image: PulledImage) => void;
  readonly #sum = element("p", { class: "sum" });
  readonly #filters = element(
    "div",
    { class: "filters" },
    this.#sum,
    element("button", { type: "button", class: "save-picture", on: { click: () => this.#save() } }, "Save the picture"),
  );
  // Kept, and only filled again, so that it stays scrolled: to read and set the position would force a layout.
  readonly #body = element("div", { class: "scrolled", tabindex: 0, role: "region", "aria-label": "Picture and table of images" });
  #picture: SVGSVGElement | undefined;
  #limit = PAGE;

  /** @param go shows an image's place */
  constructor(parent: HTMLElement, go: (image: PulledImage) => void) {
    this.#parent = parent;
    this.#go = go;
  }

  show(pulled: Pulled): void {
    const { images, problems } = pulled;
    if (images.length === 0) {
      fill(
        this.#parent,
        missing(problems.length),
        element("p", { class: "empty" }, "These files pull no image."),
      );
      return;
    }
    const { picture, omitted } = draw(images, this.#go);
    this.#picture = picture;
    fill(this.#sum, sumOf(images));
    fill(
      this.#body,
      missing(problems.length),
      element("div", { class: "picture", tabindex: 0, role: "region", "aria-label": "Picture of images" }, picture),
      omitted > 0 && element("p", { class: "omitted" }, `${counted(omitted, "more image")} in the table below.`),
      this.#table(pulled),
    );
    if (!this.#body.isConnected) fill(this.#parent, this.#filters, this.#body);
  }

  #save(): void {
    if (this.#picture !== undefined) save("images.svg", pictureFile(this.#picture));
  }

  #table(pulled: Pulled): HTMLElement {
    const order = { hub: 0, unknown: 1, known: 2 };
    const sorted = [...pulled.images].sort((a, b) => order[originOf(a)] - order[originOf(b)]);
    return element(
      "div",
      { class: "images" },
      element(
        "table",
        {},
        element("caption", { class: "visually-hidden" }, "Every image that will be pulled"),
        element(
          "thead",
          {},
          element("tr", {}, ...["Image", "Registry", "Connector", "Stage", "Step", "Place"].map((head) => element("th", { scope: "col" }, head))),
        ),
        element("tbody", {}, ...sorted.slice(0, this.#limit).map((image) => this.#row(image))),
      ),
      sorted.length > this.#limit &&
        element(
          "button",
          {
            type: "button",
            class: "more",
            on: {
              click: () => {
                this.#limit += PAGE;
                this.show(pulled);
              },
            },
          },
          `Show ${Math.min(PAGE, sorted.length - this.#limit)} more of ${(sorted.length - this.#limit).toLocaleString("en")}`,
        ),
    );
  }

  #row(image: PulledImage): HTMLElement {
    const { registry, connector, stage, step, file, from, unknown, subject, origin, condition } = image;
    const isOwn = origin === "harness";
    const reasons = [isOwn && OWN, unknown, condition].filter((reason) => typeof reason === "string");
    return element(
      "tr",
      { class: `${originOf(image)} ${origin}` },
      element(
        "th",
        { scope: "row" },
        element("button", { type: "button", class: "image", title: subject, on: { click: () => this.#go(image) } }, ...breakable(nameOf(image))),
        ...reasons.map((reason) => element("span", { class: "reason" }, ...prose(reason))),
      ),
      element("td", {}, ...breakable(registry ?? "unknown")),
      element("td", {}, ...breakable(connector ?? "none")),
      element("td", {}, stage ?? ""),
      element("td", {}, step ?? (isOwn ? "Harness itself" : "")),
      element("td", {}, ...breakable(`${file}:${from.line}`)),
    );
  }
}

function missing(problems: number): HTMLElement | undefined {
  return problems === 0
    ? undefined
    : element(
        "p",
        { class: "failure" },
        `${counted(problems, "problem")} kept parts of the files from being searched: images may be missing here. The findings say where.`,
      );
}

function sumOf(images: readonly PulledImage[]): string {
  const hub = images.filter((image) => originOf(image) === "hub").length;
  const unknown = images.filter((image) => originOf(image) === "unknown").length;
  const registries = new Set(images.flatMap(({ registry }) => registry ?? [])).size;
  const registryWord = registries === 1 ? "registry" : "registries";
  const own = images.filter(({ origin }) => origin === "harness").length;
  const ofThem = own === 0 ? "" : ` (${own.toLocaleString("en")} for Harness itself)`;
  return `${counted(images.length, "pull")}${ofThem} from ${registries.toLocaleString("en")} known ${registryWord}: ${hub.toLocaleString("en")} from Docker Hub, ${unknown.toLocaleString("en")} unknown`;
}
