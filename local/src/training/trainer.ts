import type { ChannelFile, TrainingOutcome } from './job-types';
import type { ModelServer } from './model-server';

export type { ChannelFile, TrainingOutcome } from './job-types';

/** Time between SIGTERM and SIGKILL when a job is stopped (API reference, StopTrainingJob). */
export const SAGEMAKER_STOP_GRACE_MS = 120_000;

/**
 * The properties of a job's algorithm that are known from the definition. They decide which trainer runs the job.
 */
export interface TrainedAlgorithm {
  /** Image URI of the request, from which a trainer derives the algorithm and its version. */
  readonly trainingImage: string;
  /** Hyperparameters as strings. A script-mode job has `sagemaker_program`. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** The channels, which identify JumpStart models. */
  readonly channels?: readonly { readonly name: string; readonly s3Uri?: string }[];
  /** Names of the channels in Pipe mode. @default none */
  readonly pipedChannels?: readonly string[];
}

/** A training job, as a trainer receives it. All its data is on this machine. */
export interface TrainingTask extends TrainedAlgorithm {
  readonly trainingJobName: string;
  readonly trainingJobArn: string;
  /** `ContainerEntrypoint` and `ContainerArguments` of the request. @default - the image's */
  readonly containerEntrypoint?: readonly string[];
  readonly containerArguments?: readonly string[];
  /** Environment variables of the request. */
  readonly environment: Readonly<Record<string, string>>;
  readonly channels: readonly ChannelData[];
  /** The instances of the job, at least one. The first is `algo-1`. */
  readonly instances: readonly TrainingInstance[];
  /** `CheckpointConfig`: the folder that replaces its S3 location, and the path in the container. */
  readonly checkpoints?: { readonly folder: string; readonly localPath: string };
  /**
   * Returns the local file of an S3 object. Throws if the job's role may not read it.
   *
   * @default the job reads only its channels
   */
  readonly objectFile?: (s3Uri: string) => string;
  readonly region: string;
  /** Whether network isolation is enabled. Only container jobs support it. */
  readonly networkIsolation?: boolean;
  /** Empty working folder of the job. The trainer writes to `model/` and `output/` in it. */
  readonly workFolder: string;
  /** Number of threads that the job may use. */
  readonly threads: number;
  /** Aborting this signal stops the job, like SIGTERM in a container. */
  readonly signal: AbortSignal;
  /** Called once, when the training starts. Until then, the job waits for other jobs. */
  readonly onStart: () => void;
  /** Receives each line of the job's log as it is printed, without its line break. */
  readonly onLog: (line: string) => void;
  /**
   * Receives metrics that are not in the log, such as those of a stub.
   *
   * @throws Error when the job does not define this metric
   */
  readonly onMetric?: (name: string, value: number) => void;
  /**
   * Receives warnings about data that SageMaker's container accepts, but that is probably a mistake, such as a CSV file
   * with a header. The job's log contains them, too.
   */
  readonly onDataWarning?: (text: string) => void;
}

/** An instance of a training job. */
export interface TrainingInstance {
  /** SageMaker's host name: `algo-1`, `algo-2`, … */
  readonly name: string;
  readonly instanceType: string;
  /** Instance group of a heterogeneous cluster. */
  readonly group?: string;
}

/** The data of a channel: its files, ordered by key. */
export interface ChannelData {
  readonly name: string;
  readonly contentType?: string;
  readonly compressionType: 'None' | 'Gzip';
  readonly inputMode: 'File' | 'FastFile' | 'Pipe';
  /** Whether each instance receives all files or a share of them. */
  readonly distribution: 'FullyReplicated' | 'ShardedByS3Key';
  /** Instance groups that receive the channel. @default - all */
  readonly instanceGroups?: readonly string[];
  readonly files: readonly ChannelFile[];
  /**
   * S3 location of the channel if it is in one of AWS's own buckets. The objects of these buckets are not available here.
   */
  readonly s3Uri?: string;
}

/** Trains certain algorithms on this machine. */
export interface Trainer {
  /** Description of the images that the trainer runs, for error messages. */
  readonly images: string;
  /** Whether the trainer can run this algorithm. */
  accepts(algorithm: TrainedAlgorithm): boolean;
  /** Why local mode cannot run this SageMaker algorithm; undefined if nothing prevents it. */
  refusal?(algorithm: TrainedAlgorithm): string | undefined;
  /**
   * Metric definitions that SageMaker itself applies to the algorithm's log. If there are any, the request must not
   * define metrics. Empty for an algorithm whose metrics the request defines.
   */
  metricDefinitions(algorithm: TrainedAlgorithm): readonly MetricDefinition[];
  /**
   * Whether an interrupted job with `CheckpointConfig` can continue from its last round. Otherwise, it starts from the
   * beginning.
   *
   * @default true
   */
  resumes?(algorithm: TrainedAlgorithm): boolean;
  /** Installs packages and starts processes for jobs with this algorithm, before the first job. */
  prepare?(algorithm: TrainedAlgorithm, parallelJobs: number): Promise<void>;
  /** Runs the job to its end. Then the `model/` folder in the working folder contains the model's files. */
  train(task: TrainingTask): Promise<TrainingOutcome>;
  /** Runs models of the trainer's algorithms in transform jobs. */
  readonly serving?: ModelServer;
  /** Ends the trainer's processes. */
  close(): Promise<void>;
}

/** A metric and the regular expression whose first group captures its value in a log line. */
export interface MetricDefinition {
  readonly Name: string;
  readonly Regex: string;
}
