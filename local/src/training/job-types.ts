/** A file of a channel. */
export interface ChannelFile {
  /** Local file of the object. It belongs to the bucket and must not be changed. */
  readonly path: string;
  /** Path in the channel's folder. */
  readonly name: string;
}

/** The outcome of a job. A failure of the algorithm or the model is an outcome, not an exception. */
export type TrainingOutcome =
  | { readonly status: 'Completed' }
  | { readonly status: 'Stopped' }
  | { readonly status: 'Failed'; readonly failureReason: string };
