/** Why states stop: the execution was aborted or timed out, or a sibling failed. */
export class Stop extends Error {}
