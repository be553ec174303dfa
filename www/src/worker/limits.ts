/**
 * How many steps an evaluation of a user's policy may take. They take less time than the page waits, because the module
 * can report the line that was reached, and a worker that is stopped can't.
 */
export const MAX_STEPS = 20_000_000;
