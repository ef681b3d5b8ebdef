/** Stops states because the execution was aborted or timed out, or because a sibling failed. */
export class Stop extends Error {}
