import { answer, type Question } from "./answer.js";

// In a page that asks its server what to do, and answers there.
const question = (await (await fetch("/question")).json()) as Question;
const body = await answer(question).catch((error: unknown) => String(error));
await fetch("/answer", { method: "POST", body });
