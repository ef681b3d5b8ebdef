import type { Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import type { TrainingMetricDefinition } from '../tasks/training-job-definition';
import type { AlgorithmRules } from './algorithm-rules';

/** An algorithm as the constructs use it; `Algorithm` has a factory for each. */
export interface AlgorithmDefinition {
  /** Name in messages, such as `XGBoost 3.2-0`. */
  readonly title: string;
  /** What the algorithm accepts, to be checked at synth; undefined if the library does not know. */
  readonly rules?: AlgorithmRules;
  /** Metrics to find in the log; undefined if SageMaker defines them, because it then rejects others. */
  readonly metricDefinitions?: readonly TrainingMetricDefinition[];
  /** Channel names that the algorithm expects for the training and validation data. */
  readonly channelNames: ChannelNames;
  /** Instance type, unless one is given. */
  readonly defaultInstanceType?: string;
  /** Size of the storage volume of each instance, unless one is given. */
  readonly defaultVolumeSize?: Size;
  /** Default hyperparameters: set unless they are given or tuned. */
  defaultHyperparameters(objectiveMetric: string): Record<string, string>;
  /**
   * Hyperparameter with the list of metrics to evaluate. The last metric decides, so the objective's metric is moved to the
   * end of a given list, or added there.
   */
  readonly metricList?: string;
  /** How it trains without validation data; undefined if nothing is known about it. */
  readonly withoutValidation?: TrainingWithoutValidation;
  /** Problems with the use of the algorithm: one message for each, which begins with the property. */
  check?(use: AlgorithmUse): string[];
  /** Resolves the algorithm in the stack of a construct: its image, channels and environment. */
  bind(scope: Construct, use: AlgorithmUse): BoundAlgorithm;
}

/** How an algorithm trains without validation data. */
export interface TrainingWithoutValidation {
  /** Why it cannot train on all of the data then. */
  readonly problem?: string;
  /** Why its training channel cannot have the objects of two folders. */
  readonly foldersProblem?: string;
  /** Its early stopping, which needs validation data. */
  readonly earlyStopping?: EarlyStopping;
}

/** Early stopping that keeps the number of the best round in the model, as SageMaker's XGBoost does. */
export interface EarlyStopping {
  /** Hyperparameter that enables it. */
  readonly patience: string;
  /** Hyperparameter for the number of rounds. */
  readonly rounds: string;
}

/** Channel names of the training and the validation data. */
export interface ChannelNames {
  readonly train: string;
  readonly validation: string;
}

/** Channel names of most algorithms. */
export const USUAL_CHANNELS: ChannelNames = { train: 'train', validation: 'validation' };

/** How a construct uses an algorithm. */
export interface AlgorithmUse {
  readonly train: InputData;
  readonly validation?: InputData;
  readonly objectiveMetric: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Names of the hyperparameters that are tuned. */
  readonly tuned: readonly string[];
  /** Instance types of the training jobs of the tuning job and of the final training. */
  readonly instanceTypes: readonly string[];
  /** The same, separate for the tuning job and the final training. Instance groups have several types in one list. */
  readonly instanceTypesOfJobs: readonly (readonly string[])[];
  readonly instanceCounts: readonly number[];
  readonly networkIsolation: boolean;
}

/** What a training job needs from an algorithm, resolved in one stack. */
export interface BoundAlgorithm {
  readonly image: TrainingImage;
  /** Hyperparameters for the container instead of the algorithm, such as `sagemaker_program`. */
  readonly containerHyperparameters?: Readonly<Record<string, string>>;
  /** Name of the hyperparameter that passes the instance type to the container. Its value can differ between training jobs. */
  readonly instanceTypeHyperparameter?: string;
  /** Environment variables of the container. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Channels in addition to those of the data, such as the script or a pretrained model. */
  readonly channels?: readonly AlgorithmChannel[];
}

/** A training image, and the repository that the training role needs pull permission for. */
export interface TrainingImage {
  readonly uri: string;
  readonly repositoryArn: string;
}

/** A channel that the algorithm adds. */
export interface AlgorithmChannel {
  readonly name: string;
  readonly location: DataLocation;
  readonly contentType?: string;
}
