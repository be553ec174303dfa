import { createHandler } from "harness-image-guard/handler";

import { conversation, type Question } from "./conversation.js";

// In Deno and Bun: the questions come in by standard input, which each reads in a way of its own.
const input = typeof Deno === "undefined" ? Bun.stdin.stream() : Deno.stdin.readable;
const questions = (await new Response(input).json()) as Question[];
console.log(await conversation(createHandler, questions));

/** Of Deno's own interface, what is used here. */
declare const Deno: { readonly stdin: { readonly readable: ReadableStream<Uint8Array> } };
/** Of Bun's own interface, what is used here. */
declare const Bun: { readonly stdin: { stream(): ReadableStream<Uint8Array> } };
