import type { Envelope, Refusal, Reply } from "../messages.ts";

type Handlers<Kinds extends { [Kind in keyof Kinds]: { question: unknown; answer: unknown } }> = {
  readonly [Kind in keyof Kinds]: (
    question: Kinds[Kind]["question"],
  ) => Kinds[Kind]["answer"] | Promise<Kinds[Kind]["answer"]>;
};

/**
 * Answers the page's requests.
 *
 * @param load called before the worker reports that it is ready
 */
export async function serve<
  Kinds extends { [Kind in keyof Kinds]: { question: unknown; answer: unknown } },
>(handlers: Handlers<Kinds>, load: () => Promise<unknown>): Promise<void> {
  const reply = (message: Reply) => {
    self.postMessage(message);
  };
  self.addEventListener("message", ({ data }: MessageEvent<Envelope>) => {
    const { id, kind, question } = data;
    const handler = (handlers as Record<string, ((question: unknown) => unknown) | undefined>)[kind];
    Promise.resolve()
      .then(() => {
        if (handler === undefined) throw new Error(`nothing answers \`${kind}\``);
        return handler(question);
      })
      .then(
        (answer) => reply({ id, answer }),
        (error: unknown) => reply({ id, refusal: refusalOf(error) }),
      );
  });
  try {
    await load();
    reply({ ready: true });
  } catch (error) {
    reply({ failed: refusalOf(error) });
  }
}

function refusalOf(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  const { code, problems } = Object(error) as { code?: unknown; problems?: unknown };
  return {
    code: typeof code === "string" ? code : "internal",
    message,
    problems: Array.isArray(problems) ? (problems as Refusal["problems"]) : [],
  };
}
