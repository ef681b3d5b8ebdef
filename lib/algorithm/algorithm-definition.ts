import type { Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import type { EvaluationProblem } from '../evaluation/evaluation-problem';
import type { InputData } from '../input-data';
import type { TrainingMetricDefinition } from '../tasks/training-job-definition';
import type { AlgorithmRules } from './algorithm-rules';

/** An algorithm in the form that the constructs use. `Algorithm` has a factory method for each algorithm. */
export interface AlgorithmDefinition {
  /** Name in messages, such as `XGBoost 3.2-0`. */
  readonly title: string;
  /** Rules for hyperparameters and metrics, which are checked at synth; undefined if the library has none. */
  readonly rules?: AlgorithmRules;
  /**
   * Metrics to find in the log. Undefined if SageMaker itself defines the algorithm's metrics, because SageMaker then
   * rejects custom metrics.
   */
  readonly metricDefinitions?: readonly TrainingMetricDefinition[];
  /** Channel names that the algorithm expects for the training and validation data. */
  readonly channelNames: ChannelNames;
  /** Instance type if the user gives none. */
  readonly defaultInstanceType?: string;
  /** Size of each instance's storage volume if the user gives none. */
  readonly defaultVolumeSize?: Size;
  /** Default hyperparameters. A default applies only if the user neither sets nor tunes the hyperparameter. */
  defaultHyperparameters(objectiveMetric: string): Record<string, string>;
  /**
   * Hyperparameter that lists the metrics to evaluate. The algorithm uses the last metric of the list for early
   * stopping, so the library puts the objective's metric at the end.
   */
  readonly metricList?: string;
  /** How the algorithm trains without validation data; undefined if unknown. */
  readonly withoutValidation?: TrainingWithoutValidation;
  /** How the models of the algorithm are served. */
  readonly serving: ModelServing;
  /** How the algorithm cross-validates; undefined if it does not support cross-validation, or if this is unknown. */
  readonly crossValidation?: CrossValidation;
  /** Checks the use of the algorithm. Returns one message for each problem, beginning with the property's name. */
  check?(use: AlgorithmUse): string[];
  /** Resolves the algorithm in the stack of a construct: its image, channels and environment. */
  bind(scope: Construct, use: AlgorithmUse): BoundAlgorithm;
}

/** How an algorithm trains without validation data. */
export interface TrainingWithoutValidation {
  /**
   * Why the training needs validation data: for example, because the algorithm otherwise sets aside training rows.
   * Undefined if the training does not need it.
   */
  readonly problem?: string;
  /** Why the training channel cannot contain objects from two folders; undefined if it can. */
  readonly foldersProblem?: string;
  /** The algorithm's early stopping, which works only with validation data; undefined if the algorithm has none. */
  readonly earlyStopping?: EarlyStopping;
}

/** How the models of an algorithm are served. */
export interface ModelServing {
  /**
   * Why the user must give an inference container, and which one; undefined if the training image serves the models.
   */
  readonly containerProblem?: string;
  /** Why the user must give the image of the inference container; undefined if the training image serves the models. */
  readonly imageProblem?: string;
  /** Why a transform job cannot join the predictions with CSV data; undefined if it can. */
  readonly joinProblem?: string;
  /**
   * Derives the evaluation problem of a model from its hyperparameters. If the problem is unknown, returns the reason
   * as a string.
   */
  problemOf?(hyperparameters: Readonly<Record<string, string>>): EvaluationProblem | string;
  /** Hyperparameter that is 1 if the second column of the data has weights. */
  readonly weights?: string;
  /**
   * Hyperparameters that determine what the model predicts or which columns the data has. If the model is evaluated, an
   * execution's input cannot change these hyperparameters.
   */
  readonly predictionHyperparameters?: readonly string[];
}

/** Cross-validation by the algorithm itself, in one training job. */
export interface CrossValidation {
  /** Hyperparameter for the number of folds. */
  readonly folds: string;
  /** Hyperparameter for the number of times that the cross-validation runs. */
  readonly rounds: string;
  /** Why the results of the cross-validation cannot be used; undefined if they can. */
  readonly problem?: string;
}

/** Early stopping that stores the number of the best round in the model, as SageMaker's XGBoost does. */
export interface EarlyStopping {
  /** Hyperparameter that enables early stopping. */
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
  /** Instance types of all training jobs: the jobs of the search, and the final training. */
  readonly instanceTypes: readonly string[];
  /**
   * The same instance types in two lists: one for the tuning job, and one for the final training. With instance groups,
   * a list has several types.
   */
  readonly instanceTypesOfJobs: readonly (readonly string[])[];
  readonly instanceCounts: readonly number[];
  readonly networkIsolation: boolean;
}

/** The parts of an algorithm that a training job needs, resolved in one stack. */
export interface BoundAlgorithm {
  readonly image: TrainingImage;
  /** Hyperparameters for the container instead of the algorithm, such as `sagemaker_program`. */
  readonly containerHyperparameters?: Readonly<Record<string, string>>;
  /** Name of the hyperparameter that passes the instance type to the container. Its value can differ between training jobs. */
  readonly instanceTypeHyperparameter?: string;
  /** Environment variables of the container. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Channels in addition to the data channels, such as the script or a pretrained model. */
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
  /** Whether the objects in the channel never change, because their location includes a version. */
  readonly isVersioned?: boolean;
}
