import type { Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import type { TrainingMetricDefinition } from '../tasks/training-job-definition';
import type { AlgorithmRules } from './algorithm-rules';

/** An algorithm as the constructs use it; `Algorithm` has a factory for each. */
export interface AlgorithmDefinition {
  /** How messages call it, such as `XGBoost 3.2-0`. */
  readonly title: string;
  /** What can be checked at synth; undefined where nothing is known. */
  readonly rules?: AlgorithmRules;
  /** Metrics to find in the log; undefined where SageMaker knows them itself, and refuses others. */
  readonly metricDefinitions?: readonly TrainingMetricDefinition[];
  /** What the algorithm calls the channels of the training and the validation data. */
  readonly channelNames: ChannelNames;
  /** Instance type to train on where none is given. */
  readonly defaultInstanceType?: string;
  /** Size of the storage volume of each instance where none is given. */
  readonly defaultVolumeSize?: Size;
  /** Hyperparameters that are set unless they are given or tuned. */
  defaultHyperparameters(objectiveMetric: string): Record<string, string>;
  /**
   * Hyperparameter that lists the metrics to evaluate, of which the last one decides: where it is given, its default is
   * moved to the end of the list, or added there.
   */
  readonly metricList?: string;
  /** What is wrong with the way the algorithm is used; one message a problem, each beginning with the prop. */
  check?(use: AlgorithmUse): string[];
  /** Settles the algorithm in the stack of the construct that trains it. */
  bind(scope: Construct, use: AlgorithmUse): BoundAlgorithm;
}

/** Channel names of the training and the validation data. */
export interface ChannelNames {
  readonly train: string;
  readonly validation: string;
}

/** What most algorithms call their channels. */
export const USUAL_CHANNELS: ChannelNames = { train: 'train', validation: 'validation' };

/** How a construct uses an algorithm. */
export interface AlgorithmUse {
  readonly train: InputData;
  readonly validation?: InputData;
  readonly objectiveMetric: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Names of the hyperparameters that are tuned. */
  readonly tuned: readonly string[];
  /** Of the training jobs of the tuning job and of the final training. */
  readonly instanceTypes: readonly string[];
  /** The same for each kind of training job apart; several types in one are those of instance groups. */
  readonly instanceTypesOfJobs: readonly (readonly string[])[];
  readonly instanceCounts: readonly number[];
  readonly networkIsolation: boolean;
}

/** What a training job needs of an algorithm, in one stack. */
export interface BoundAlgorithm {
  readonly image: TrainingImage;
  /** Hyperparameters that the container reads and not the algorithm, such as `sagemaker_program`. */
  readonly containerHyperparameters?: Readonly<Record<string, string>>;
  /** Name of the one that tells the container the type of its instances, which training jobs differ in. */
  readonly instanceTypeHyperparameter?: string;
  /** Environment variables of the container. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Channels beside those of the data, such as the script or a pretrained model. */
  readonly channels?: readonly AlgorithmChannel[];
}

/** A training image, and the repository that the training role has to be able to pull from. */
export interface TrainingImage {
  readonly uri: string;
  readonly repositoryArn: string;
}

/** A channel that the algorithm brings along. */
export interface AlgorithmChannel {
  readonly name: string;
  readonly location: DataLocation;
  readonly contentType?: string;
}
