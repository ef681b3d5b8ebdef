import type { DataDistribution } from '../../input-data';
import type { ChannelNames } from '../algorithm-definition';
import type { HyperparameterRule, ObjectiveMetricRule } from '../algorithm-rules';
import type { FactSource, ImageRegistry } from '../image-facts';

/** What is publicly known about one of SageMaker's own algorithms whose code is not public. */
export interface BuiltInFacts {
  readonly title: string;
  readonly repository: string;
  readonly tag: string;
  readonly registry: ImageRegistry;
  /** What the algorithm calls the channels of the training and the validation data. */
  readonly channelNames: ChannelNames;
  /** What it reads from each channel, `text/csv` with its `label_size`. */
  readonly data: { readonly train: DataRule; readonly validation: DataRule };
  readonly instances: InstanceSupport;
  readonly hyperparameters: readonly HyperparameterRule[];
  readonly objectiveMetrics: readonly BuiltInMetric[];
  /** What is documented over several hyperparameters; a tuned one is an empty text. */
  readonly checkTogether?: (values: Readonly<Record<string, string>>) => string[];
  /** Hyperparameters without which the objective metric is not computed. */
  readonly hyperparametersFor?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where each kind of fact was taken from. */
  readonly sources: readonly FactSource[];
}

/** What an algorithm reads from a channel. */
export interface DataRule {
  readonly contentTypes: readonly string[];
  /** The only way in which the objects may be spread over instances; either way where left out. */
  readonly distribution?: DataDistribution;
}

/** Which instances an algorithm makes use of. */
export interface InstanceSupport {
  /** Whether a training job may have more than one. */
  readonly several: boolean;
  /** Whether it computes on GPUs. */
  readonly gpu: boolean;
}

/** A metric of an algorithm that solves several kinds of problems. */
export interface BuiltInMetric extends ObjectiveMetricRule {
  /** Values of `predictor_type` with which it is computed; all where left out. */
  readonly predictorTypes?: readonly string[];
}

/** SageMaker's RecordIO of protocol buffers. */
export const RECORD_IO_PROTOBUF = 'application/x-recordio-protobuf';

/** CSV whose first column is the label, which is what SageMaker takes CSV for. */
export const LABELLED_CSV = ['text/csv', 'text/csv;label_size=1'];

/** Booleans as the documentation writes them, and as the SageMaker Python SDK and the tuning pages do. */
export const BOOLEANS = ['true', 'false', 'True', 'False'];

/** Every list of some of the two names as a JSON text, with and without a blank. */
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
