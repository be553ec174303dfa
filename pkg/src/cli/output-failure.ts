/** An output can't be written, for this reason: nothing has been. */
export class OutputFailure extends Error {}
