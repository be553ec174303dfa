// The modules that the build makes from the project's files: see build/content.ts and build/docs.ts.

declare module "virtual:rules" {
  /** One of our rules, as its METADATA describes it. */
  export interface Rule {
    readonly id: string;
    readonly title: string;
    readonly description: string;
    /** Its page, from the root of the site. */
    readonly page: string;
  }
  export const rules: readonly Rule[];
}

declare module "virtual:policies" {
  /** Every Rego file of ours, by its path in the project. */
  export const policies: Readonly<Record<string, string>>;
}

declare module "virtual:examples" {
  export interface Example {
    /** Its name in links: `no-docker-hub/wrong`. */
    readonly id: string;
    readonly title: string;
    /** What it shows, in a sentence. */
    readonly about: string;
    /** The rule that it is about, or `start` for a starting point. */
    readonly group: string;
    readonly files: readonly { readonly path: string; readonly text: string }[];
    readonly config: string;
  }
  export const examples: readonly Example[];
}

declare module "virtual:defaults" {
  /** The `harnessImage` connector of each preset. */
  export const presets: Readonly<Record<string, { readonly url: string; readonly providerType: string; readonly auth: string }>>;
  /** The default reference to that connector. */
  export const requiredConnector: string;
}

declare module "virtual:search" {
  /** A part of a page of the documentation. */
  export interface Section {
    /** From the folder of the documentation. */
    readonly link: string;
    readonly page: string;
    readonly heading: string;
    readonly text: string;
  }
  export const sections: readonly Section[];
}
