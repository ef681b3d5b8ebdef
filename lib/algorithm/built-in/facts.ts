import type { DataDistribution } from '../../input-data';
import type { ChannelNames } from '../algorithm-definition';
import type { HyperparameterRule, ObjectiveMetricRule } from '../algorithm-rules';
import type { FactSource, ImageRegistry } from '../image-facts';

/** Facts that AWS documents about a built-in algorithm whose code is not public. */
export interface BuiltInFacts {
  readonly title: string;
  readonly repository: string;
  readonly tag: string;
  readonly registry: ImageRegistry;
  /** Channel names that the algorithm expects for the training and validation data. */
  readonly channelNames: ChannelNames;
  /**
   * Data that the algorithm reads from each channel. A content type for CSV includes the position of the label, as in
   * `text/csv;label_size=1`.
   */
  readonly data: { readonly train: DataRule; readonly validation: DataRule };
  readonly instances: InstanceSupport;
  readonly hyperparameters: readonly HyperparameterRule[];
  readonly objectiveMetrics: readonly BuiltInMetric[];
  /**
   * Checks documented rules that involve several hyperparameters. The value of a tuned hyperparameter is an empty
   * string.
   */
  readonly checkTogether?: (values: Readonly<Record<string, string>>) => string[];
  /** For each objective metric, the hyperparameters that make the algorithm compute it. */
  readonly hyperparametersFor?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Sources of the facts. */
  readonly sources: readonly FactSource[];
}

/** The data that an algorithm reads from a channel. */
export interface DataRule {
  readonly contentTypes: readonly string[];
  /** The required distribution of the objects among instances; any distribution if left out. */
  readonly distribution?: DataDistribution;
}

/** The instances that an algorithm supports. */
export interface InstanceSupport {
  /** Whether a training job can have several instances. */
  readonly several: boolean;
  /** Whether the algorithm uses GPUs. */
  readonly gpu: boolean;
}

/** A metric of a built-in algorithm. It can be limited to some of the problem types that the algorithm supports. */
export interface BuiltInMetric extends ObjectiveMetricRule {
  /** Values of `predictor_type` that the metric is computed for; all values if left out. */
  readonly predictorTypes?: readonly string[];
}

/** Content type of RecordIO-protobuf. */
export const RECORD_IO_PROTOBUF = 'application/x-recordio-protobuf';

/** Content types for CSV with the label in the first column (SageMaker's default). */
export const LABELED_CSV = ['text/csv', 'text/csv;label_size=1'];

/**
 * The spellings of a boolean: lowercase in the documentation, but capitalized in the SageMaker Python SDK and on the
 * documentation's tuning pages.
 */
export const BOOLEANS = ['true', 'false', 'True', 'False'];

/** All ways to write a JSON list of one or two names: in either order, with and without a space after the comma. */
export function jsonLists(one: string, other: string): string[] {
  const pairs = [
    [one, other],
    [other, one],
  ];
  return [
    JSON.stringify([one]),
    JSON.stringify([other]),
    ...pairs.flatMap((pair) => [JSON.stringify(pair), JSON.stringify(pair).replace(',', ', ')]),
  ];
}
