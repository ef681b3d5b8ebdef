/** A file of a channel. */
export interface ChannelFile {
  /** Local file of the object. It belongs to the bucket and must not be changed. */
  readonly path: string;
  /** Path in the channel's folder. */
  readonly name: string;
}

/** The outcome of a job. What runs a job does not throw when the algorithm or the model fails. */
export type TrainingOutcome =
  | { readonly status: 'Completed' }
  | { readonly status: 'Stopped' }
  | { readonly status: 'Failed'; readonly failureReason: string };
