import type { Construct } from 'constructs';
import type { AlgorithmRules } from './algorithm-rules';

/** An algorithm as the constructs use it; `Algorithm` has a factory for each. */
export interface AlgorithmDefinition {
  /** Settles the algorithm in the stack of the construct that trains it. */
  image(scope: Construct): TrainingImage;
  /** What can be checked at synth; undefined where nothing is known. */
  readonly rules?: AlgorithmRules;
  /** Hyperparameters that are set unless they are given or tuned. */
  defaultHyperparameters(objectiveMetric: string): Record<string, string>;
}

/** A training image, and the repository that the training role has to be able to pull from. */
export interface TrainingImage {
  readonly uri: string;
  readonly repositoryArn: string;
}
