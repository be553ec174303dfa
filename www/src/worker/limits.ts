/**
 * How many steps an evaluation of a user's policy may take. They take less time than the page waits: the
 * module, unlike a worker that is stopped, says at which line it was.
 */
export const MAX_STEPS = 20_000_000;
