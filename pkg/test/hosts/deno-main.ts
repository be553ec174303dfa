import { answer, type Question } from "./answer.js";

const question = (await new Response(Deno.stdin.readable).json()) as Question;
// The entry that Deno's own condition leads to, not Node's, which would work here too.
console.error(import.meta.resolve("harness-image-guard"));
console.log(await answer(question));

/** Of Deno's own interface, what is used here. */
declare const Deno: { readonly stdin: { readonly readable: ReadableStream<Uint8Array> } };
