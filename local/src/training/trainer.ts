/** A training job as the training side sees it: everything is on this machine already. */
export interface TrainingTask {
  readonly trainingJobName: string;
  readonly trainingJobArn: string;
  /** The image URI as requested; a trainer takes the algorithm and its version from it. */
  readonly trainingImage: string;
  /** All hyperparameters as strings, those that the tuning service adds included. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly channels: readonly ChannelData[];
  /** Folder of the job's own, empty: the trainer writes `model/` and `output/` below it. */
  readonly workFolder: string;
  /** Threads the job may use. */
  readonly threads: number;
  /** Stops the job (as SIGTERM does in a container). */
  readonly signal: AbortSignal;
  /** To be called once, when the training begins: until then the job waits for others to end. */
  readonly onStart: () => void;
  /** Takes each line of the job's log, without its end of line, as it is printed. */
  readonly onLog: (line: string) => void;
}

/** The data of one channel: the files it consists of, in the order of their keys. */
export interface ChannelData {
  readonly name: string;
  readonly contentType?: string;
  readonly files: readonly string[];
}

/** How a training ended. A trainer never throws for a failure of the training itself. */
export type TrainingOutcome =
  | { readonly status: 'Completed' }
  | { readonly status: 'Stopped' }
  | { readonly status: 'Failed'; readonly failureReason: string };

/** Trains the algorithms it knows, on this machine. */
export interface Trainer {
  /** The images that the trainer runs, for messages. */
  readonly images: string;
  /** Whether the trainer runs this image. */
  accepts(trainingImage: string): boolean;
  /** Metric definitions (name, regular expression) that SageMaker would apply to the algorithm's log. */
  metricDefinitions(trainingImage: string): readonly MetricDefinition[];
  /** Runs the job to its end; `model/` below the work folder then holds the model's files. */
  train(task: TrainingTask): Promise<TrainingOutcome>;
  /** Ends the processes the trainer keeps. */
  close(): Promise<void>;
}

/** A metric and the regular expression (first group) that finds it in a log line. */
export interface MetricDefinition {
  readonly Name: string;
  readonly Regex: string;
}
