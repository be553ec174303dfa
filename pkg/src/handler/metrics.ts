import type { Report } from "../report.js";

/** The upper ends of the durations that are counted together, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Durations {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Counts as they are handed from one process to another. */
export interface Counts {
  readonly requests: ReadonlyMap<string, number>;
  readonly durations: ReadonlyMap<string, { readonly counts: readonly number[]; readonly sum: number; readonly count: number }>;
  readonly findings: ReadonlyMap<string, number>;
  readonly traps: number;
  readonly underWay: number;
}

/** What the names of our metrics begin with. */
const name = "harness_image_guard";

/** Counts of this instance of the handler, in the text format of Prometheus. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Durations>();
  readonly #findings = new Map<string, number>();
  #traps = 0;
  #underWay = 0;

  /** A request has begun. */
  begin(): void {
    this.#underWay += 1;
  }

  /** @param route as the table has it, so that nobody who asks can make more of them */
  end(route: string, method: string, status: number, seconds: number): void {
    this.#underWay -= 1;
    add(this.#requests, labels({ route, method, status: String(status) }), 1);
    const durations = this.#durations.get(route) ?? { counts: buckets.map(() => 0), sum: 0, count: 0 };
    this.#durations.set(route, durations);
    for (const [index, most] of buckets.entries()) {
      if (seconds <= most) durations.counts[index] = (durations.counts[index] ?? 0) + 1;
    }
    durations.sum += seconds;
    durations.count += 1;
  }

  /** What a check found. */
  report({ diagnostics, omitted }: Report): void {
    for (const { rule, verdict } of diagnostics) add(this.#findings, labels({ rule, verdict }), 1);
    for (const { rule, verdict, count } of omitted) add(this.#findings, labels({ rule, verdict }), count);
  }

  /** A module broke, and was replaced. */
  trap(): void {
    this.#traps += 1;
  }

  /** Everything, to be added to another's. */
  get counts(): Counts {
    return { requests: this.#requests, durations: this.#durations, findings: this.#findings, traps: this.#traps, underWay: this.#underWay };
  }

  /** Adds what another one has counted. */
  add({ requests, durations, findings, traps, underWay }: Counts): this {
    for (const [key, count] of requests) add(this.#requests, key, count);
    for (const [key, count] of findings) add(this.#findings, key, count);
    for (const [route, { counts, sum, count }] of durations) {
      const ours = this.#durations.get(route) ?? { counts: buckets.map(() => 0), sum: 0, count: 0 };
      this.#durations.set(route, { counts: ours.counts.map((each, index) => each + (counts[index] ?? 0)), sum: ours.sum + sum, count: ours.count + count });
    }
    this.#traps += traps;
    this.#underWay += underWay;
    return this;
  }

  /** Everything as Prometheus reads it. */
  text(): string {
    return [
      head(`${name}_requests_total`, "counter", "Requests that were answered."),
      lines(`${name}_requests_total`, this.#requests),
      head(`${name}_request_duration_seconds`, "histogram", "How long requests took, from their headers to the answer's."),
      ...[...this.#durations].map(([route, durations]) => histogram(`${name}_request_duration_seconds`, route, durations)),
      head(`${name}_findings_total`, "counter", "What checks found, by rule and verdict."),
      lines(`${name}_findings_total`, this.#findings),
      metric("traps_total", "counter", "How often the WebAssembly module broke and was replaced.", this.#traps),
      metric("requests_in_flight", "gauge", "Requests that are being answered.", this.#underWay),
    ].join("");
  }
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function labels(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (each) => (each === "\n" ? "\\n" : `\\${each}`))}"`);
  return `{${pairs.join(",")}}`;
}

/** A metric of one value, as Prometheus reads it; `own` is its name among ours. */
export function metric(own: string, type: "counter" | "gauge", help: string, value: number): string {
  return `${head(`${name}_${own}`, type, help)}${name}_${own} ${value}\n`;
}

function head(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function lines(name: string, counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([key, count]) => `${name}${key} ${count}\n`).join("");
}

function histogram(name: string, route: string, { counts, sum, count }: Durations): string {
  const rows = counts.map((each, index) => `${name}_bucket${labels({ route, le: String(buckets[index]) })} ${each}\n`);
  return `${rows.join("")}${name}_bucket${labels({ route, le: "+Inf" })} ${count}\n${name}_sum${labels({ route })} ${sum}\n${name}_count${labels({ route })} ${count}\n`;
}
