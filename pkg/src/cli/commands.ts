import type { Options } from "./command-line.js";

/** One command: what it does, and where that is. */
export interface Command {
  readonly description: string;
  /** Loaded when it is asked for: nobody waits for what `--version` doesn't need. */
  load(): Promise<CommandModule>;
}

/** What a command's module has. */
export interface CommandModule {
  readonly options: Options;
  /** What may follow first, where that is one of a few words. */
  readonly verbs?: readonly string[];
  /**
   * @returns the exit code
   * @throws UsageError
   */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** What the command takes before the name of one of its commands. */
export const generalOptions = {
  help: { short: "h", description: "show this, or the help of a command" },
  version: { short: "V", description: "show the version" },
} as const satisfies Options;

/** All of them, by their names. */
export const commands: Readonly<Record<string, Command>> = {
  baseline: {
    description: "record what a check finds, for check --baseline",
    load: async () => {
      const { baseline: run, options, verbs } = await import("./baseline.js");
      return { run, options, verbs };
    },
  },
  check: {
    description: "check files and folders",
    load: async () => {
      const { check: run, options } = await import("./check.js");
      return { run, options };
    },
  },
  completion: {
    description: "print a completion script for bash, zsh or fish",
    load: async () => {
      const { completion: run, options, verbs } = await import("./completion.js");
      return { run, options, verbs };
    },
  },
  config: {
    description: "print the configuration in effect, and where each value comes from",
    load: async () => {
      const { config: run, options, verbs } = await import("./config.js");
      return { run, options, verbs };
    },
  },
  connectors: {
    description: "write a list of the connectors that exist only in the account",
    load: async () => {
      const { connectors: run, options, verbs } = await import("./connectors.js");
      return { run, options, verbs };
    },
  },
  eval: {
    description: "evaluate a Rego query as opa eval does",
    load: async () => {
      const { evaluate: run, options } = await import("./eval.js");
      return { run, options };
    },
  },
  explain: {
    description: "print a rule's page",
    load: async () => {
      const { explain: run, options } = await import("./explain.js");
      return { run, options };
    },
  },
  export: {
    description: "write the built-in rules as Harness policies",
    load: async () => {
      const { exportTo: run, options } = await import("./export.js");
      return { run, options };
    },
  },
  fmt: {
    description: "format Rego as opa fmt does",
    load: async () => {
      const { fmt: run, options } = await import("./fmt.js");
      return { run, options };
    },
  },
  images: {
    description: "list every image with the registry that it comes from",
    load: async () => {
      const { images: run, options } = await import("./images.js");
      return { run, options };
    },
  },
  init: {
    description: "write a first configuration, and the files that run the check in CI",
    load: async () => {
      const { init: run, options } = await import("./init.js");
      return { run, options };
    },
  },
  input: {
    description: "print the input that Harness would pass to a policy for a file",
    load: async () => {
      const { input: run, options } = await import("./input.js");
      return { run, options };
    },
  },
  lint: {
    description: "report where policies fail open",
    load: async () => {
      const { lint: run, options } = await import("./lint.js");
      return { run, options };
    },
  },
  man: {
    description: "print the manual page",
    load: async () => {
      const { man: run, options } = await import("./man.js");
      return { run, options };
    },
  },
  registry: {
    description: "check that the specified registry has the images that Harness needs",
    load: async () => {
      const { registry: run, options } = await import("./registry/command.js");
      return { run, options };
    },
  },
  report: {
    description: "merge the reports of shards",
    load: async () => {
      const { report: run, options, verbs } = await import("./report.js");
      return { run, options, verbs };
    },
  },
  serve: {
    description: "serve check and images over HTTP",
    load: async () => {
      const { serve: run, options } = await import("./serve/command.js");
      return { run, options };
    },
  },
  setup: {
    description: "bring an account to the specification, step by step",
    load: async () => {
      const { setup: run, options } = await import("./setup/command.js");
      return { run, options };
    },
  },
  test: {
    description: "run the tests of Rego policies",
    load: async () => {
      const { test: run, options } = await import("./test.js");
      return { run, options };
    },
  },
};
