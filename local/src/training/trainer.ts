/** Time between SIGTERM and SIGKILL when a job is stopped (API reference, StopTrainingJob). */
export const SAGEMAKER_STOP_GRACE_MS = 120_000;

/** What is trained, as far as a definition tells it: what decides which trainer runs a job. */
export interface TrainedAlgorithm {
  /** The image URI as requested; a trainer takes the algorithm and its version from it. */
  readonly trainingImage: string;
  /** Hyperparameters as strings; a script-mode job has `sagemaker_program` among them. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** The channels, by which the models of JumpStart are told apart. */
  readonly channels?: readonly { readonly name: string; readonly s3Uri?: string }[];
  /** Names of the channels in Pipe mode. @default none */
  readonly pipedChannels?: readonly string[];
}

/** A training job as the training side sees it: everything is on this machine already. */
export interface TrainingTask extends TrainedAlgorithm {
  readonly trainingJobName: string;
  readonly trainingJobArn: string;
  /** `ContainerEntrypoint` and `ContainerArguments` of the request; the image's own when absent. */
  readonly containerEntrypoint?: readonly string[];
  readonly containerArguments?: readonly string[];
  /** Environment variables of the request. */
  readonly environment: Readonly<Record<string, string>>;
  readonly channels: readonly ChannelData[];
  /** The instances of the job, at least one; `algo-1` is the first. */
  readonly instances: readonly TrainingInstance[];
  /** `CheckpointConfig`: the folder that stands for its S3 location, and the path that the container sees. */
  readonly checkpoints?: { readonly folder: string; readonly localPath: string };
  /**
   * The file on this machine that is an object of S3, or an error when the job's role may not read it.
   *
   * @default the job reads nothing but its channels
   */
  readonly objectFile?: (s3Uri: string) => string;
  readonly region: string;
  /** Whether the container is cut off from the network; of meaning in a container only. */
  readonly networkIsolation?: boolean;
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
  /**
   * Takes a metric of the job that no line of its log tells, as a stub has it.
   *
   * @throws Error when the job has no such metric
   */
  readonly onMetric?: (name: string, value: number) => void;
}

/** An instance of a training job. */
export interface TrainingInstance {
  /** Host name as SageMaker gives it: `algo-1`, `algo-2`, … */
  readonly name: string;
  readonly instanceType: string;
  /** Instance group of a heterogeneous cluster. */
  readonly group?: string;
}

/** The data of one channel: the files it consists of, in the order of their keys. */
export interface ChannelData {
  readonly name: string;
  readonly contentType?: string;
  readonly compressionType: 'None' | 'Gzip';
  readonly inputMode: 'File' | 'FastFile' | 'Pipe';
  /** Whether each instance has all files or its share of them. */
  readonly distribution: 'FullyReplicated' | 'ShardedByS3Key';
  /** Groups whose instances have the channel; all when absent. */
  readonly instanceGroups?: readonly string[];
  readonly files: readonly ChannelFile[];
  /** Where SageMaker reads the channel from, when that is a bucket of AWS's own: its objects are not here. */
  readonly s3Uri?: string;
}

/** One file of a channel. */
export interface ChannelFile {
  /** The object as a file on this machine; it belongs to the bucket and is only read. */
  readonly path: string;
  /** Path that the container sees below the channel's folder. */
  readonly name: string;
}

/** How a training ended. A trainer never throws for a failure of the training itself. */
export type TrainingOutcome =
  | { readonly status: 'Completed' }
  | { readonly status: 'Stopped' }
  | { readonly status: 'Failed'; readonly failureReason: string };

/** Trains the algorithms it knows, on this machine. */
export interface Trainer {
  /** What the trainer runs, for messages. */
  readonly images: string;
  /** Whether the trainer runs this. */
  accepts(algorithm: TrainedAlgorithm): boolean;
  /** Why SageMaker has this and local mode cannot run it; undefined when there is no such reason. */
  refusal?(algorithm: TrainedAlgorithm): string | undefined;
  /**
   * Metric definitions (name, regular expression) that SageMaker itself applies to the algorithm's log, and that a
   * request must not give; none where the request gives them.
   */
  metricDefinitions(algorithm: TrainedAlgorithm): readonly MetricDefinition[];
  /** Installs and starts what such jobs need, before the first of them. */
  prepare?(algorithm: TrainedAlgorithm, parallelJobs: number): Promise<void>;
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
